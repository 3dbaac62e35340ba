//! The whole process: its tenants and shards.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use prometheus_client::registry::Registry;

use crate::clock::Clock;
use crate::drain::Drain;
use crate::metrics::Families;
use crate::rooms::Rooms;
use crate::tenant::Surroundings;
use crate::{HubConfig, Tenant, TenantSpec};

/// The tenant that needs no configuration.
pub const DEFAULT_TENANT: &str = "default";

/// Tenants of one process.
const TENANTS_MAX: usize = 100_000;

/// How often a closing hub looks whether everyone has gone.
const CLOSE_POLL: Duration = Duration::from_millis(5);

/// The whole process: its tenants and what they share. Any thread may hold it.
pub struct Hub {
    pub(crate) around: Arc<Surroundings>,
    tenants: RwLock<BTreeMap<String, Arc<Tenant>>>,
    families: Families,
}

/// A tenant was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddError {
    /// There is one of that name.
    #[error("there is a tenant of that name")]
    Exists,
    /// There are as many as there may be.
    #[error("there are {TENANTS_MAX} tenants already")]
    TooMany,
}

impl Hub {
    /// A hub without tenants.
    pub fn new(config: HubConfig) -> Arc<Self> {
        let around = Arc::new(Surroundings {
            hub: config,
            clock: Clock::start(),
            tenants: AtomicUsize::new(0),
            drain: OnceLock::new(),
            rooms: Rooms::new(config.shards),
        });
        Arc::new(Self {
            around,
            tenants: RwLock::default(),
            families: Families::new(),
        })
    }

    /// Adds a tenant; it serves from now on.
    ///
    /// # Errors
    /// Where its name is taken, or there are too many.
    pub fn add(&self, spec: TenantSpec) -> Result<Arc<Tenant>, AddError> {
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        if tenants.contains_key(&spec.name) {
            return Err(AddError::Exists);
        }
        if tenants.len() >= TENANTS_MAX {
            return Err(AddError::TooMany);
        }
        let metrics = self.families.tenant(&spec.name, self.around.hub.shards);
        let name = spec.name.clone();
        let tenant = Arc::new(Tenant::new(spec, Arc::clone(&self.around), metrics));
        tenants.insert(name, Arc::clone(&tenant));
        self.around.tenants.store(tenants.len(), Ordering::Relaxed);
        Ok(tenant)
    }

    /// Takes a tenant out: its streams end cleanly, and its log is dropped with the last of them.
    pub fn remove(&self, name: &str) -> Option<Arc<Tenant>> {
        let mut tenants = self.tenants.write().unwrap_or_else(PoisonError::into_inner);
        let tenant = tenants.remove(name)?;
        self.around.tenants.store(tenants.len(), Ordering::Relaxed);
        drop(tenants);
        self.families.forget(name);
        tenant.close();
        Some(tenant)
    }

    /// The tenant of that name.
    pub fn tenant(&self, name: &str) -> Option<Arc<Tenant>> {
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        tenants.get(name).cloned()
    }

    /// All tenants, by name.
    pub fn tenants(&self) -> Vec<Arc<Tenant>> {
        let tenants = self.tenants.read().unwrap_or_else(PoisonError::into_inner);
        tenants.values().cloned().collect()
    }

    /// Adds the hub's metrics to `registry`.
    pub fn register(&self, registry: &mut Registry) {
        self.families.register(registry);
    }

    /// Sends everyone elsewhere: no stream is opened from now on, and those that are open end spread over that
    /// time. Events are taken and delivered meanwhile. There is no way back; false where it was asked for
    /// before.
    pub fn drain(&self, over: Duration) -> bool {
        let drain = Drain::new(self.around.clock.now_ms(), over);
        if self.around.drain.set(drain).is_err() {
            return false;
        }
        self.tenants().iter().for_each(|t| t.follow_drain());
        true
    }

    /// Ends every stream cleanly and refuses new ones and new events; done when the last one has been
    /// told.
    pub async fn close(&self) {
        let tenants = self.tenants();
        tenants.iter().for_each(|tenant| tenant.close());
        while tenants.iter().any(|t| t.subscribers() > 0) {
            tokio::time::sleep(CLOSE_POLL).await;
        }
    }
}
