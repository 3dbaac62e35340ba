//! Who decides.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use umbel_routing::{DispatcherFactory, RouterFactory, Settings};

use crate::config::{PolicyConfig, PolicySource};

/// What makes the policy's instances, one for each shard.
///
/// # Errors
/// Where the component is not there or not acceptable, or refuses its configuration.
pub(super) fn factory(
    config: &PolicyConfig,
    seed: u64,
) -> anyhow::Result<Arc<dyn DispatcherFactory>> {
    let facts = vec![
        ("tenant".to_owned(), super::TENANT.to_owned()),
        ("host-version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
    ];
    let settings = Settings { config: config.config.clone(), seed, facts };
    match &config.source {
        PolicySource::Native | PolicySource::Builtin => native(settings),
        PolicySource::File(path) => Err(anyhow!("{}: not in this build yet", path.display())),
    }
}

fn native(settings: Settings) -> anyhow::Result<Arc<dyn DispatcherFactory>> {
    let factory = RouterFactory::new(settings);
    Ok(Arc::new(factory.map_err(|error| anyhow!(error)).context("[policy] config")?))
}
