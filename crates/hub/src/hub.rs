//! The whole process: its tenants and shards.

use std::sync::Arc;

use umbel_eventlog::EventLog;
use umbel_routing::DispatcherFactory;

use crate::{HubConfig, Tenant};

/// The whole process: its tenants and what they share. Any thread may hold it.
pub struct Hub {}

impl Hub {
    /// A hub with one tenant, `default`.
    pub fn new(
        _config: HubConfig,
        _log: Arc<dyn EventLog>,
        _factory: Arc<dyn DispatcherFactory>,
    ) -> Arc<Self> {
        todo!()
    }

    /// The tenant of that name.
    pub fn tenant(&self, _name: &str) -> Option<Arc<Tenant>> {
        todo!()
    }

    /// Ends every stream cleanly and refuses new ones; done when the last one has been told.
    pub async fn close(&self) {
        todo!()
    }
}
