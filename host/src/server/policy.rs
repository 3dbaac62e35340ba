//! Who decides.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_routing::{DispatcherFactory, RouterFactory, Settings};

use super::TENANT;
use crate::config::{Config, PolicySource};

/// The default policy, built from `guest/dispatcher`.
const BUILTIN: &[u8] = include_bytes!("../../../guest/dist/dispatcher.wasm");

/// What makes the policy's instances, one for each shard. One is made, so that a policy that refuses
/// its configuration is found before anyone connects.
///
/// # Errors
/// Where the component is not there or not acceptable, or refuses its configuration.
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
        PolicySource::Native => Arc::new(RouterFactory::new(settings).map_err(|e| anyhow!(e))?),
        PolicySource::Builtin => wasm(BUILTIN, settings, config)?,
        PolicySource::File(path) => wasm(&read(path, config)?, settings, config)?,
    };
    factory
        .create()
        .context("the policy could not be started")?;
    Ok(factory)
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
    let component = PolicyComponent::load(&engine, bytes, &limits)
        .context("the policy component is not acceptable")?;
    Ok(Arc::new(WasmFactory::new(component, settings, limits)))
}

fn read(path: &Path, config: &Config) -> anyhow::Result<Vec<u8>> {
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    let max = config.limits.component_bytes_max;
    if bytes > max as u64 {
        return Err(anyhow!(
            "{} has {bytes} bytes; the limit is {max}",
            path.display()
        ));
    }
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}
