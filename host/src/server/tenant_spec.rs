//! What a tenant is made of.

use std::fmt::Display;
use std::sync::Arc;

use umbel_engine::ComponentKind;
use umbel_eventlog::{MemoryLog, Retention};
use umbel_hub::{FilterVersion, PolicyVersion, TenantSpec};

use super::components::Components;
use super::deployments::Deployments;
use crate::config::{LogConfig, TenantSettings};

/// What a tenant is made of: what `settings` say, and what was deployed for it.
///
/// # Errors
/// Where what is configured is not acceptable.
pub(super) fn spec(
    settings: &TenantSettings,
    components: &Components,
    deployments: &Deployments,
) -> anyhow::Result<TenantSpec> {
    Ok(TenantSpec {
        name: settings.name.as_str().to_owned(),
        config: settings.hub(),
        log: Arc::new(MemoryLog::new(retention(&settings.log))),
        policy: policy(settings, components, deployments)?,
        filter: filter(settings, components, deployments)?,
    })
}

/// What was deployed, else what is configured.
fn policy(
    settings: &TenantSettings,
    components: &Components,
    deployments: &Deployments,
) -> anyhow::Result<PolicyVersion> {
    let load = |bytes: &[u8], config: &str| {
        components.wasm_policy(settings, bytes, config, Components::DEPLOYED)
    };
    match deployed(settings, deployments, ComponentKind::Policy, load) {
        Some(policy) => Ok(policy),
        None => components.policy(settings),
    }
}

fn filter(
    settings: &TenantSettings,
    components: &Components,
    deployments: &Deployments,
) -> anyhow::Result<Option<FilterVersion>> {
    let load = |bytes: &[u8], config: &str| {
        components.wasm_filter(settings, bytes, config, Components::DEPLOYED)
    };
    match deployed(settings, deployments, ComponentKind::Filter, load) {
        Some(filter) => Ok(Some(filter)),
        None => components.filter(settings),
    }
}

/// What was deployed for a tenant, where it can be used.
fn deployed<T, E: Display>(
    settings: &TenantSettings,
    deployments: &Deployments,
    kind: ComponentKind,
    load: impl FnOnce(&[u8], &str) -> Result<T, E>,
) -> Option<T> {
    let deployment = deployments.current(&settings.name, kind)?;
    let tenant = &settings.name;
    let loaded = deployments
        .component(&deployment)
        .map_err(|error| error.to_string())
        .and_then(|bytes| load(&bytes, &deployment.config).map_err(|error| error.to_string()));
    match loaded {
        Ok(loaded) => {
            tracing::info!(%tenant, %kind, digest = deployment.digest, "as deployed before");
            Some(loaded)
        }
        Err(error) => {
            tracing::warn!(
                %tenant,
                %kind,
                error,
                "what was deployed cannot be used; the configuration decides"
            );
            deployments.set_aside(tenant, kind);
            None
        }
    }
}

fn retention(log: &LogConfig) -> Retention {
    Retention {
        events_max: log.retain_events_max,
        bytes_max: log.retain_bytes_max,
        age_max_ms: u64::try_from(log.retain_age_max.as_millis()).unwrap_or(u64::MAX),
    }
}
