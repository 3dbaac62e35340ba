//! The tenants that are configured, and the hub that holds them.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use umbel_eventlog::{MemoryLog, Retention};
use umbel_hub::{DEFAULT_TENANT, Hub, HubConfig};

use super::components::Components;
use crate::config::{Allowance, Config, Fault, Faults, LogConfig, TenantSettings};
use crate::http::{Surface, Surfaces};

/// The tenants that are configured, and the hub that holds them.
pub(super) struct Tenancy {
    pub(super) hub: Arc<Hub>,
    /// What requests meet.
    pub(super) surfaces: Arc<Surfaces>,
}

impl Tenancy {
    /// Makes every component that `config` names and nothing else: what is wrong with them.
    ///
    /// # Errors
    /// Where the machine fails.
    pub(super) fn check(config: &Config) -> anyhow::Result<Vec<Fault>> {
        let mut components = Components::default();
        let mut faults = unsupported(config);
        for tenant in &config.tenants {
            // The seed spreads topics over tables: any will do.
            if let Err(error) = components.policy(tenant, 0) {
                faults.extend(error.downcast::<Faults>()?.iter().cloned());
            }
        }
        Ok(faults)
    }

    /// Makes the hub and its tenants.
    ///
    /// # Errors
    /// Where a component is not acceptable: then the error is [`Faults`]. Where the machine fails:
    /// something else.
    pub(super) fn open(config: &Config) -> anyhow::Result<Self> {
        Faults::unless_none(unsupported(config), ())?;
        let seed = getrandom::u64().map_err(|error| anyhow!("no randomness: {error}"))?;
        let settings = config.default_tenant();
        let policy = Components::default().policy(settings, seed)?;
        let log = Arc::new(MemoryLog::new(retention(&settings.log)));
        let hub = HubConfig {
            shards: config.shards,
            seed,
            stream: settings.stream.clone(),
            mailbox: settings.mailbox.hub(),
            limits: settings.limits.hub(),
        };
        let hub = Hub::new(hub, log, policy);
        let tenant = hub
            .tenant(DEFAULT_TENANT)
            .context("a hub has a default tenant")?;
        let default = Surface::of(config, settings, tenant, Arc::default());
        let surfaces = Arc::new(Surfaces::new(default, Vec::new()));
        Ok(Self { hub, surfaces })
    }
}

/// What the hub cannot do yet and `config` asks for: better not to start than to do without.
fn unsupported(config: &Config) -> Vec<Fault> {
    let fault = |key: &str| Fault {
        place: config.place(),
        key: key.to_owned(),
        what: "not supported by this build yet".to_owned(),
        hint: "remove it for now".to_owned(),
    };
    let of_tenant = |tenant: &TenantSettings| {
        let terms = |of: &Allowance| (of.share_percent, of.on_failure);
        let own_terms = terms(&tenant.policy.allowance) != terms(&Allowance::default());
        let said = [
            ("tenant", !tenant.name.is_default()),
            ("limits.publish-rate", tenant.limits.publish_rate_max > 0),
            ("policy.share, policy.on-failure", own_terms),
        ];
        let filter = tenant.filter.as_ref();
        let filter = filter.map(|_| tenant.filter_fault("no filter is run by this build yet"));
        let asked = said.into_iter().filter(|(_, asked)| *asked);
        filter.into_iter().chain(asked.map(|(key, _)| fault(key)))
    };
    config.tenants.iter().flat_map(of_tenant).collect()
}

fn retention(log: &LogConfig) -> Retention {
    Retention {
        events_max: log.retain_events_max,
        bytes_max: log.retain_bytes_max,
        age_max_ms: u64::try_from(log.retain_age_max.as_millis()).unwrap_or(u64::MAX),
    }
}
