//! `umbel check`: whether the configuration is sound.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;

use crate::config::{Config, Faults, PolicySource, ProcessEnvironment, Sources, TenantSettings};
use crate::server::Server;

/// What is checked.
#[derive(Args)]
pub struct Check {
    /// The configuration file; `umbel.toml` where it is there.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Check {
    /// Reports every fault at once: those of the configuration, of the keys and of the components that
    /// it names.
    pub fn run(self) -> anyhow::Result<()> {
        let sources = Sources {
            file: self.config,
            ..Sources::default()
        };
        let (config, mut faults) = Config::inspect(&sources, &ProcessEnvironment);
        faults.extend(Server::check_components(&config)?);
        let config = Faults::unless_none(faults, config)?;
        Ok(writeln!(stdout(), "{}", summary(&config))?)
    }
}

/// One line for the whole and `default`, and one for each further tenant.
fn summary(config: &Config) -> String {
    let file = config
        .file
        .as_ref()
        .map_or_else(|| "no file".into(), |f| f.to_string_lossy());
    let line = |tenant: &TenantSettings| match tenant.name.is_default() {
        true => format!("{file}: sound; {}", facts(tenant)),
        false => format!("tenant {}: {}", tenant.name, facts(tenant)),
    };
    let lines: Vec<String> = config.tenants.iter().map(line).collect();
    lines.join("\n")
}

fn facts(tenant: &TenantSettings) -> String {
    let policy = match &tenant.policy.source {
        PolicySource::Builtin => "the built-in policy".to_owned(),
        PolicySource::Native => "the native policy".to_owned(),
        PolicySource::File(path) => path.display().to_string(),
    };
    let issuers = tenant.mercure.issuers.iter().map(|issuer| &*issuer.id);
    let issuers: Vec<&str> = issuers.collect();
    let filter = tenant.filter.as_ref();
    let filter = filter.map(|filter| format!("; filter: {}", filter.component.display()));
    format!(
        "issuers: {}; policy: {policy}{}",
        issuers.join(", "),
        filter.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::summary;
    use crate::config::{Config, PolicySource, Sources};
    use crate::server::Server;

    fn config(source: PolicySource) -> Config {
        let sources = Sources {
            dev: true,
            ..Sources::default()
        };
        let no_variables: &[(&str, &str)] = &[];
        let (mut config, _) = Config::inspect(&sources, &no_variables);
        config.tenants[0].policy.source = source;
        config
    }

    fn faults(config: &Config) -> Vec<String> {
        Server::check_components(config)
            .unwrap()
            .into_iter()
            .map(|fault| fault.to_string())
            .collect()
    }

    #[test]
    fn a_sound_configuration_is_summed_up_tenant_by_tenant() {
        let sources = Sources {
            dev: true,
            ..Sources::default()
        };
        let tenants = "[{ name = 'a', policy = { component = 'own.wasm' }, filter = { component = 'f.wasm' } }]";
        let variables: &[(&str, &str)] = &[("UMBEL_TENANT", tenants)];
        let (config, faults) = Config::inspect(&sources, &variables);
        assert_eq!(faults, []);
        assert_eq!(
            summary(&config),
            "no file: sound; issuers: ; policy: the built-in policy\n\
             tenant a: issuers: ; policy: own.wasm; filter: f.wasm"
        );
    }

    #[test]
    fn the_policies_that_are_part_of_the_program_are_sound() {
        for source in [PolicySource::Builtin, PolicySource::Native] {
            assert_eq!(faults(&config(source)), [""; 0]);
        }
    }

    #[test]
    fn what_is_wrong_with_a_component_is_a_fault_of_the_configuration() {
        let here = |name: &str| format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
        for (file, what) in [
            ("nowhere.wasm", "cannot be read: No such file"),
            ("Cargo.toml", "this is no WebAssembly"),
            ("src", "cannot be read: Is a directory"),
        ] {
            let found = faults(&config(PolicySource::File(here(file).into())));
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(
                found[0].contains("policy.component: ") && found[0].contains(what),
                "{found:?}"
            );
        }
        let mut config = config(PolicySource::File(here("Cargo.toml").into()));
        config.tenants[0].limits.component_bytes_max = 10;
        let found = faults(&config);
        assert!(found[0].contains("has more than 10 bytes"), "{found:?}");
    }

    #[test]
    fn what_the_policy_says_against_its_configuration_is_a_fault() {
        for source in [PolicySource::Builtin, PolicySource::Native] {
            let mut config = config(source);
            config.tenants[0].policy.config = "colour = blue".to_owned();
            let found = faults(&config);
            assert!(found[0].contains("unknown key \"colour\""), "{found:?}");
        }
    }
}
