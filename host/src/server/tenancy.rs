//! The tenants that are configured, and the hub that holds them.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::anyhow;
use umbel_engine::ComponentKind;
use umbel_hub::{Change, Hub, HubConfig, Tenant, TenantSpec};

use super::components::Components;
use super::deployments::Deployments;
use super::redeploying::redeployed;
use super::tenant_spec::spec;
use super::turns::Turns;
use crate::config::{Config, Fault, Faults, StateDir, TenantName, TenantSettings};
use crate::http::{Surface, Surfaces};

/// Seeds are below 2^53.
const SEED_MAX: u64 = (1 << 53) - 1;

/// The tenants that are configured, and the hub that holds them.
pub(crate) struct Tenancy {
    pub(crate) hub: Arc<Hub>,
    /// What requests meet.
    pub(super) surfaces: Arc<Surfaces>,
    pub(crate) components: Arc<Components>,
    /// What operators put in the place of what is configured.
    pub(crate) deployments: Arc<Deployments>,
    pub(super) turns: Turns,
    in_force: RwLock<Arc<Config>>,
}

/// What is loaded before anything is changed, so that what is wrong changes nothing.
struct Loaded {
    /// Tenants that were not there before.
    added: Vec<TenantSpec>,
    /// Other components of tenants that stay.
    changed: BTreeMap<TenantName, Vec<Change>>,
}

impl Tenancy {
    /// Makes every component that `config` names and nothing else: what is wrong with them.
    ///
    /// # Errors
    /// Where the machine fails.
    pub(super) fn check(config: &Config) -> anyhow::Result<Vec<Fault>> {
        let components = Components::in_process()?;
        let mut faults = Vec::new();
        for tenant in &config.tenants {
            for made in [
                components.policy(tenant).map(drop),
                components.filter(tenant).map(drop),
            ] {
                if let Err(error) = made {
                    faults.extend(error.downcast::<Faults>()?.iter().cloned());
                }
            }
        }
        Ok(faults)
    }

    /// Makes the hub and its tenants. Compiled code, and what operators deploy, is kept under `state`, where
    /// there is such a folder.
    ///
    /// # Errors
    /// Where a component is not acceptable: then the error is [`Faults`]. Where the machine fails:
    /// something else.
    pub(crate) fn open(config: &Config, state: Option<&StateDir>) -> anyhow::Result<Self> {
        let seed = getrandom::u64().map_err(|error| anyhow!("no randomness: {error}"))?;
        // Every reader of a trace gets it right, also one whose numbers are doubles.
        let seed = seed & SEED_MAX;
        let components = Components::new(state.map(StateDir::path), seed)?;
        // What goes with the process need not be written to a disk.
        let lasting = state.filter(|state| !state.is_temporary());
        let deployments = Deployments::open(lasting.map(StateDir::path))?;
        let hub = Hub::new(HubConfig {
            shards: config.shards,
            seed,
        });
        let mut surfaces = Vec::new();
        for settings in &config.tenants {
            let tenant = hub.add(spec(settings, &components, &deployments)?)?;
            surfaces.push(Surface::of(config, settings, tenant, Arc::default()));
        }
        let default = surfaces.remove(0);
        Ok(Self {
            hub,
            surfaces: Arc::new(Surfaces::new(default, surfaces)),
            components: Arc::new(components),
            deployments: Arc::new(deployments),
            turns: Turns::default(),
            in_force: RwLock::new(Arc::new(config.clone())),
        })
    }

    /// The configuration that is in force.
    pub(crate) fn in_force(&self) -> Arc<Config> {
        let config = self.in_force.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&config)
    }

    /// Puts `wanted` in force as far as that goes while the hub runs; answers what is in force then. What
    /// operators have deployed stays.
    ///
    /// # Errors
    /// Where a component that it names is not acceptable: nothing has changed then.
    pub(super) async fn apply(&self, wanted: &Config) -> Result<Arc<Config>, Faults> {
        let _alone = self.turns.all().await;
        let in_force = &*self.in_force();
        let mut loaded = self.load(in_force, wanted).await?;
        let mut next = in_force.clone();
        next.trusted_proxies.clone_from(&wanted.trusted_proxies);
        next.tenants = wanted.tenants.clone();
        for tenant in &mut next.tenants {
            if let Some(before) = in_force.tenants.iter().find(|t| t.name == tenant.name) {
                // A log that holds events keeps its bounds.
                tenant.log = before.log.clone();
            }
        }
        for gone in in_force.tenants.iter().filter(|t| !has(wanted, &t.name)) {
            self.hub.remove(gone.name.as_str());
        }
        for spec in loaded.added {
            if let Err(error) = self.hub.add(spec) {
                tracing::error!(%error, "a tenant was not added");
            }
        }
        let next = Arc::new(next);
        *self
            .in_force
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::clone(&next);
        self.show(&next);
        for settings in &next.tenants {
            if let Some(tenant) = self.hub.tenant(settings.name.as_str()) {
                tenant.reconfigure(settings.hub());
                let changes = loaded.changed.remove(&settings.name);
                change(&tenant, changes.unwrap_or_default()).await;
            }
        }
        Ok(next)
    }

    /// Loads what `wanted` names and `in_force` does not, on a thread that may wait for it.
    async fn load(&self, in_force: &Config, wanted: &Config) -> Result<Loaded, Faults> {
        let (components, deployments) =
            (Arc::clone(&self.components), Arc::clone(&self.deployments));
        let (before, wanted) = (in_force.tenants.clone(), wanted.tenants.clone());
        let load = move || load(&components, &deployments, &before, &wanted);
        let loaded = tokio::task::spawn_blocking(load).await;
        let loaded = loaded.unwrap_or_else(|panicked| Err(panicked.into()));
        loaded.map_err(|error| match error.downcast::<Faults>() {
            Ok(faults) => faults,
            Err(error) => Faults::one(Fault {
                place: crate::config::Place::Nowhere,
                key: String::new(),
                what: format!("{error:#}"),
                hint: String::new(),
            }),
        })
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

fn has(config: &Config, name: &TenantName) -> bool {
    config.tenants.iter().any(|tenant| tenant.name == *name)
}

fn load(
    components: &Components,
    deployments: &Deployments,
    before: &[TenantSettings],
    wanted: &[TenantSettings],
) -> anyhow::Result<Loaded> {
    let mut loaded = Loaded {
        added: Vec::new(),
        changed: BTreeMap::new(),
    };
    for tenant in wanted {
        let Some(old) = before.iter().find(|t| t.name == tenant.name) else {
            loaded.added.push(spec(tenant, components, deployments)?);
            continue;
        };
        let mut changes = Vec::new();
        match deployments.current(&tenant.name, ComponentKind::Policy) {
            Some(deployment) => {
                stays(
                    tenant,
                    ComponentKind::Policy,
                    old.policy.names_same(&tenant.policy),
                );
                let deployed = (ComponentKind::Policy, &deployment);
                changes.extend(redeployed(components, deployments, old, tenant, deployed)?);
            }
            None if old.policy.is_same(&tenant.policy) => {}
            None => changes.push(Change::Policy(components.policy(tenant)?)),
        }
        match deployments.current(&tenant.name, ComponentKind::Filter) {
            Some(deployment) => {
                let same = match (&old.filter, &tenant.filter) {
                    (Some(old), Some(new)) => old.names_same(new),
                    (old, new) => old == new,
                };
                stays(tenant, ComponentKind::Filter, same);
                let deployed = (ComponentKind::Filter, &deployment);
                changes.extend(redeployed(components, deployments, old, tenant, deployed)?);
            }
            None if old.filter == tenant.filter => {}
            None => changes.push(Change::Filter(components.filter(tenant)?)),
        }
        loaded.changed.insert(tenant.name.clone(), changes);
    }
    Ok(loaded)
}

/// Says that what is deployed goes before what is configured now.
fn stays(tenant: &TenantSettings, kind: ComponentKind, same: bool) {
    if !same {
        let tenant = &tenant.name;
        tracing::warn!(%tenant, %kind, "another one is configured; the deployed one stays");
    }
}

/// Puts other components in force. Streams stay open; subscribers whom the new policy refuses end, since
/// the operator has decided so.
async fn change(tenant: &Tenant, changes: Vec<Change>) {
    for change in changes {
        match tenant.deploy(change, true).await {
            Ok(deployed) => {
                let cut = deployed.cut.0;
                tracing::info!(tenant = tenant.name(), cut, "another component decides");
            }
            Err(error) => {
                tracing::error!(tenant = tenant.name(), %error, "the component was not changed");
            }
        }
    }
}
