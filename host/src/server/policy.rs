//! Who decides.

use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_routing::{Blame, DispatcherFactory, RouterFactory, Settings};

use super::TENANT;
use crate::config::{Config, Faults, PolicySource};

/// The default policy, built from `guest/dispatcher`.
const BUILTIN: &[u8] = include_bytes!("../../../guest/dist/dispatcher.wasm");

/// What makes the policy's instances, one for each shard. One is made, so that a policy that refuses
/// its configuration is found before anyone connects.
///
/// # Errors
/// Where the component is not there or not acceptable, or refuses its configuration: then the error is
/// [`Faults`]. Where the machine fails: something else.
pub(super) fn factory(config: &Config, seed: u64) -> anyhow::Result<Arc<dyn DispatcherFactory>> {
    let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let settings = Settings {
        config: config.policy.config.clone(),
        seed,
        facts: vec![
            fact("tenant", TENANT),
            fact("host-version", env!("CARGO_PKG_VERSION")),
        ],
    };
    let factory: Arc<dyn DispatcherFactory> = match &config.policy.source {
        PolicySource::Native => {
            Arc::new(RouterFactory::new(settings).map_err(|error| wrong(config, error))?)
        }
        PolicySource::Builtin => wasm(BUILTIN, settings, config)?,
        PolicySource::File(path) => {
            let bytes = read(path, config).map_err(|error| wrong(config, error))?;
            wasm(&bytes, settings, config)?
        }
    };
    match factory.create() {
        Ok(_) => Ok(factory),
        Err(fault) if fault.class.blame() == Blame::Component => Err(wrong(config, fault)),
        Err(fault) => Err(fault).context("the policy could not be started"),
    }
}

/// A fault of the configuration, which names the policy, rather than of the machine.
fn wrong(config: &Config, what: impl Display) -> anyhow::Error {
    Faults::one(config.policy.fault(what.to_string())).into()
}

fn wasm(
    bytes: &[u8],
    settings: Settings,
    config: &Config,
) -> anyhow::Result<Arc<dyn DispatcherFactory>> {
    let limits = Limits {
        component_bytes: config.limits.component_bytes_max,
        memory_bytes: usize::try_from(config.policy.memory_bytes_max).unwrap_or(usize::MAX),
        deadline: config.policy.deadline,
        ..Limits::default()
    };
    let engine = Engine::new()?;
    let component =
        PolicyComponent::load(&engine, bytes, &limits).map_err(|error| wrong(config, error))?;
    Ok(Arc::new(WasmFactory::new(component, settings, limits)))
}

/// The component in a file. Read only as far as one may be large: the file may be anything.
fn read(path: &Path, config: &Config) -> Result<Vec<u8>, String> {
    let max = config.limits.component_bytes_max;
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(max as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    if bytes.len() > max {
        return Err(format!(
            "{} has more than {max} bytes (`limits.component-bytes`)",
            path.display()
        ));
    }
    Ok(bytes)
}
