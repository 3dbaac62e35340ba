//! Configurations, and what is wrong with them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use umbel_routing::{Verdict, WhenFull};

use super::{AdminAccess, Config, Environment, Faults, Override, PolicySource, Sources};

mod anything;
mod changes;
mod faults;
mod files;
mod tenants;

const NO_VARIABLES: &[(&str, &str)] = &[];

fn parse(text: &str, variables: &[(&str, &str)], sources: &Sources) -> Result<Config, Faults> {
    let (config, faults) =
        Config::parse(Some((Path::new("umbel.toml"), text)), sources, &variables);
    Faults::unless_none(faults, config)
}

fn dev() -> Sources {
    Sources {
        dev: true,
        ..Sources::default()
    }
}

fn flag(flag: &'static str, path: &'static str, value: &str) -> Override {
    Override {
        flag,
        path,
        value: value.to_owned(),
    }
}

/// What is found wrong with `text`, with `--dev`.
fn faults(text: &str) -> Vec<String> {
    lines(parse(text, NO_VARIABLES, &dev()))
}

fn lines(parsed: Result<Config, Faults>) -> Vec<String> {
    parsed
        .err()
        .iter()
        .flat_map(Faults::iter)
        .map(ToString::to_string)
        .collect()
}

#[test]
fn nothing_at_all_is_a_sound_configuration_to_try_things_out() {
    let (config, faults) = Config::parse(None, &dev(), &NO_VARIABLES);
    assert_eq!(faults, []);
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.admin.listen.to_string(), "127.0.0.1:3001");
    assert_eq!(config.admin.access, AdminAccess::Open);
    assert!(config.tenants[0].mercure.anonymous);
    assert!(config.shards >= 1);
    assert_eq!(config.tenants[0].policy.source, PolicySource::Builtin);
    assert_eq!(
        config.tenants[0].policy.config,
        "bytes = 1048576\nevents = 1024\nwhen-full = \"catch-up\"\n"
    );
    assert_eq!(
        config.tenants[0].policy.allowance.deadline,
        Duration::from_millis(10)
    );
    assert_eq!(config.tenants[0].limits.event_bytes_max, 1 << 20);
    assert_eq!(config.tenants[0].log.retain_events_max, 100_000);
}

#[test]
fn every_section_is_read() {
    let text = r#"
        listen = "[::1]:4000"
        shards = 3
        state-dir = "state"
        trusted-proxies = ["10.0.0.0/8", "192.0.2.1"]
        [admin]
        listen = "127.0.0.1:0"
        [limits]
        selectors = 7
        event-bytes = "2MiB"
        header-timeout = "3s"
        max-lag-bytes = 1000
        [stream]
        heartbeat = "200ms"
        checkpoint = false
        [mailbox]
        events = 10
        bytes = "64KiB"
        when-full = "ask"
        [log]
        kind = "memory"
        retain-age = "5m"
        [mercure]
        path = "/hub/"
        drafts = [7]
        [policy]
        component = "policies/own.wasm"
        config = { colour = "blue", depth = 2 }
        deadline = "20ms"
        memory = "8MiB"
    "#;
    let file = Path::new("/etc/umbel/umbel.toml");
    let (config, faults) = Config::parse(Some((file, text)), &dev(), &NO_VARIABLES);
    assert_eq!(faults, []);
    assert_eq!(config.listen.to_string(), "[::1]:4000");
    assert_eq!(config.shards, 3);
    assert_eq!(config.state_dir, Some(PathBuf::from("/etc/umbel/state")));
    assert_eq!(config.trusted_proxies.len(), 2);
    assert_eq!(config.admin.listen.port(), 0);
    assert_eq!(config.tenants[0].limits.selectors_max, 7);
    assert_eq!(config.tenants[0].limits.event_bytes_max, 2 << 20);
    assert_eq!(config.connections.header_timeout, Duration::from_secs(3));
    assert_eq!(config.tenants[0].limits.lag_bytes_max, 1000);
    assert_eq!(
        config.tenants[0].stream.heartbeat,
        Duration::from_millis(200)
    );
    assert!(!config.tenants[0].stream.checkpoint);
    assert_eq!(
        (
            config.tenants[0].mailbox.events_max,
            config.tenants[0].mailbox.bytes_max
        ),
        (10, 64 << 10)
    );
    assert_eq!(config.tenants[0].mailbox.when_full, WhenFull::Ask);
    assert_eq!(
        config.tenants[0].log.retain_age_max,
        Duration::from_secs(300)
    );
    assert_eq!(config.tenants[0].mercure.path, "/hub");
    let own = PathBuf::from("/etc/umbel/policies/own.wasm");
    assert_eq!(config.tenants[0].policy.source, PolicySource::File(own));
    assert_eq!(
        config.tenants[0].policy.config,
        "colour = \"blue\"\ndepth = 2\n"
    );
    assert_eq!(config.tenants[0].policy.allowance.memory_bytes_max, 8 << 20);
}

#[test]
fn variables_go_before_the_file_and_flags_before_variables() {
    let text = "listen = \"127.0.0.1:1\"\nshards = 1\n[mailbox]\nevents = 1\nwhen-full = \"ask\"";
    let variables = [
        ("UMBEL_LISTEN", "127.0.0.1:2"),
        ("UMBEL_SHARDS", "2"),
        ("UMBEL_MAILBOX__EVENTS", "2"),
        ("UMBEL_LIMITS__EVENT_BYTES", "2KiB"),
        ("UMBEL_STREAM__CHECKPOINT", "false"),
        ("UMBEL_TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16"),
        ("UMBEL_MERCURE__DRAFTS", "[7]"),
        ("PATH", "/bin"),
        ("UMBEL_SERVICE_HOST", "10.3.2.1"),
        ("UMBEL_PORT_3000_TCP", "tcp://10.3.2.1:3000"),
    ];
    let flags = vec![flag("--listen", "listen", "127.0.0.1:3")];
    let config = parse(text, &variables, &Sources { flags, ..dev() }).unwrap();
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.shards, 2);
    assert_eq!(config.tenants[0].mailbox.events_max, 2);
    assert_eq!(config.tenants[0].mailbox.when_full, WhenFull::Ask);
    assert_eq!(config.tenants[0].limits.event_bytes_max, 2048);
    assert!(!config.tenants[0].stream.checkpoint);
    assert_eq!(config.trusted_proxies.len(), 2);
}

#[test]
fn every_key_has_a_variable() {
    for key in super::keys::KEYS {
        let name = format!("UMBEL_{}", key.path.replace('.', "__").replace('-', "_"));
        let found = lines(parse("", &[(&name.to_uppercase(), "?")], &dev()));
        let unknown = found.iter().any(|fault| fault.contains("no such key"));
        assert!(!unknown, "{name}: {found:?}");
    }
}

#[test]
fn the_words_for_the_built_in_policy_are_the_mailbox_section_and_the_operators_over_it() {
    let text = "[mailbox]\nwhen-full = \"drop-oldest\"\n[policy]\nconfig = \"events = 5\"";
    let config = parse(text, NO_VARIABLES, &dev()).unwrap();
    assert_eq!(
        config.tenants[0].mailbox.when_full,
        WhenFull::Always(Verdict::DropOldest)
    );
    assert_eq!(
        config.tenants[0].policy.config,
        "bytes = 1048576\nwhen-full = \"drop-oldest\"\nevents = 5"
    );
}

#[test]
fn a_component_of_ones_own_is_told_nothing_but_its_own_words() {
    let flags = vec![flag("--policy", "policy.component", "own.wasm")];
    let config = parse("", NO_VARIABLES, &Sources { flags, ..dev() }).unwrap();
    assert_eq!(config.tenants[0].policy.config, "");
    assert_eq!(
        config.tenants[0].policy.source,
        PolicySource::File("own.wasm".into())
    );
}

#[test]
fn the_process_environment_is_one() {
    let names: Vec<String> = super::ProcessEnvironment
        .variables()
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert!(names.iter().any(|name| name == "PATH"));
}
