//! The whole process: its tenants and shards.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use prometheus_client::registry::Registry;
use umbel_eventlog::EventLog;
use umbel_routing::DispatcherFactory;

use crate::metrics::Families;
use crate::{HubConfig, Tenant};

/// The tenant that needs no configuration.
pub const DEFAULT_TENANT: &str = "default";

/// How often a closing hub looks whether everyone has gone.
const CLOSE_POLL: Duration = Duration::from_millis(5);

/// The whole process: its tenants and what they share. Any thread may hold it.
pub struct Hub {
    tenants: Vec<Arc<Tenant>>,
    families: Families,
}

impl Hub {
    /// A hub with one tenant, [`DEFAULT_TENANT`].
    pub fn new(
        config: HubConfig,
        log: Arc<dyn EventLog>,
        factory: Arc<dyn DispatcherFactory>,
    ) -> Arc<Self> {
        let families = Families::new();
        let metrics = families.tenant(DEFAULT_TENANT, config.shards);
        let tenant = Tenant::new(Arc::new(config), log, factory, metrics);
        Arc::new(Self {
            tenants: vec![Arc::new(tenant)],
            families,
        })
    }

    /// The tenant of that name.
    pub fn tenant(&self, name: &str) -> Option<Arc<Tenant>> {
        self.tenants.iter().find(|t| t.name() == name).cloned()
    }

    /// All tenants.
    pub fn tenants(&self) -> &[Arc<Tenant>] {
        &self.tenants
    }

    /// Adds the hub's metrics to `registry`.
    pub fn register(&self, registry: &mut Registry) {
        self.families.register(registry);
    }

    /// Ends every stream cleanly and refuses new ones and new events; done when the last one has been
    /// told.
    pub async fn close(&self) {
        for tenant in &self.tenants {
            tenant.closing.store(true, Ordering::Release);
            for link in &tenant.links {
                link.wake.notify_one();
            }
            tenant.moved_on();
        }
        while self.tenants.iter().any(|t| t.subscribers() > 0) {
            tokio::time::sleep(CLOSE_POLL).await;
        }
    }
}
