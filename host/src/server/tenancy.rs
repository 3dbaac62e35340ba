//! The tenants that are configured, and the hub that holds them.

use std::sync::Arc;

use anyhow::{Context, anyhow};
use umbel_eventlog::{MemoryLog, Retention};
use umbel_hub::{DEFAULT_TENANT, Hub, HubConfig};

use super::components::Components;
use crate::config::{Allowance, Config, Fault, Faults, LimitsConfig, LogConfig, TenantSettings};
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

    /// Puts `wanted` in force as far as that goes while the hub runs; answers what is in force then.
    ///
    /// # Errors
    /// Where it asks for what the hub cannot do: nothing has changed then.
    pub(super) fn apply(&self, in_force: &Config, wanted: &Config) -> Result<Config, Faults> {
        Faults::unless_none(unsupported(wanted), ())?;
        let mut next = in_force.clone();
        next.trusted_proxies.clone_from(&wanted.trusted_proxies);
        for tenant in &mut next.tenants {
            if let Some(wanted) = wanted.tenants.iter().find(|t| t.name == tenant.name) {
                take_over(tenant, wanted);
            }
        }
        self.show(&next);
        Ok(next)
    }

    /// Lets requests meet what `config` says from now on.
    fn show(&self, config: &Config) {
        let surface = |settings: &TenantSettings| {
            let tenant = self.hub.tenant(settings.name.as_str())?;
            let shown = self.surfaces.named(&settings.name);
            let addresses = shown.map(|shown| Arc::clone(&shown.addresses));
            Some(Surface::of(
                config,
                settings,
                tenant,
                addresses.unwrap_or_default(),
            ))
        };
        let mut surfaces = config.tenants.iter().filter_map(surface);
        if let Some(default) = surfaces.next() {
            self.surfaces.replace(default, surfaces.collect());
        }
    }
}

/// Takes over what of a tenant's settings can be put in force while it is served: what its surface is
/// made of. Its stream, mailbox, log, policy and filter, the limits that the hub keeps, and tenants that
/// come and go have to wait for a hub that can change them.
fn take_over(tenant: &mut TenantSettings, wanted: &TenantSettings) {
    let kept = &tenant.limits;
    tenant.limits = LimitsConfig {
        subscribers_max: kept.subscribers_max,
        component_bytes_max: kept.component_bytes_max,
        publishers_wait: kept.publishers_wait,
        lag_events_max: kept.lag_events_max,
        lag_bytes_max: kept.lag_bytes_max,
        ..wanted.limits.clone()
    };
    tenant.hosts.clone_from(&wanted.hosts);
    tenant.mercure = wanted.mercure.clone();
    let attributes = &wanted.policy.attributes;
    tenant.policy.attributes.clone_from(attributes);
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
