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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Turns;
    use crate::config::TenantName;

    #[test]
    fn a_tenant_has_one_change_at_a_time_and_none_while_the_configuration_is_read_anew() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        runtime.block_on(async {
            let turns = Turns::default();
            let (one, other) = ("one", "other");
            let take = |name| turns.take(&TenantName::parse(name).unwrap());
            let held = take(one).unwrap();
            assert!(take(one).is_none());
            assert!(take(other).is_some());
            let short = Duration::from_millis(1);
            assert!(tokio::time::timeout(short, turns.all()).await.is_err());
            drop(held);
            let all = turns.all().await;
            assert!(take(one).is_none() && take(other).is_none());
            drop(all);
            assert!(take(one).is_some());
        });
    }
}
