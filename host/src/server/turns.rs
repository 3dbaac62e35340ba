//! Whose turn it is to change what decides.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedRwLockReadGuard, RwLock, RwLockWriteGuard};

use crate::config::TenantName;

/// Keeps changes apart: one of each tenant at a time, and none while the configuration is read anew.
#[derive(Default)]
pub(super) struct Turns {
    /// Changes of tenants share it; a new configuration has it alone. Held while a change is made, which
    /// is what it is for: nothing on a shard ever waits for it.
    gate: Arc<RwLock<()>>,
    busy: Arc<Mutex<BTreeSet<TenantName>>>,
}

/// The right to change what decides for one tenant, until it is dropped.
pub(super) struct Turn {
    tenant: TenantName,
    busy: Arc<Mutex<BTreeSet<TenantName>>>,
    _gate: OwnedRwLockReadGuard<()>,
}

impl Turns {
    /// A turn for `tenant`; none while another change is on its way.
    pub(super) fn take(&self, tenant: &TenantName) -> Option<Turn> {
        let gate = Arc::clone(&self.gate).try_read_owned().ok()?;
        lock(&self.busy).insert(tenant.clone()).then(|| Turn {
            tenant: tenant.clone(),
            busy: Arc::clone(&self.busy),
            _gate: gate,
        })
    }

    /// Waits until no change is on its way; none begins until the answer is dropped.
    pub(super) async fn all(&self) -> RwLockWriteGuard<'_, ()> {
        self.gate.write().await
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        lock(&self.busy).remove(&self.tenant);
    }
}

fn lock(busy: &Mutex<BTreeSet<TenantName>>) -> MutexGuard<'_, BTreeSet<TenantName>> {
    busy.lock().unwrap_or_else(PoisonError::into_inner)
}
