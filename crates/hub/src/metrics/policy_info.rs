//! Which policy decides for each tenant, as a metric.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;

use super::families::Labels;
use crate::tenant::About;

/// Which policy decides for each tenant. Digests and versions are no closed set: one series a tenant is
/// shown, that of now. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct PolicyInfo {
    family: Family<Labels, Gauge>,
    /// By tenant, what is shown; nothing before its first policy.
    shown: Arc<Mutex<BTreeMap<String, Option<Labels>>>>,
}

impl PolicyInfo {
    pub(crate) fn family(&self) -> &Family<Labels, Gauge> {
        &self.family
    }

    /// From now on there is `tenant`: of no other one is anything shown.
    pub(crate) fn begin(&self, tenant: &str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.entry(tenant.to_owned()).or_default();
    }

    /// This policy decides for `tenant` now.
    pub(crate) fn show(&self, tenant: &str, policy: &About) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(present) = shown.get_mut(tenant) else {
            return;
        };
        let labels = vec![
            ("tenant", tenant.to_owned()),
            ("digest", policy.digest.clone()),
            ("version", policy.version.clone()),
        ];
        if let Some(before) = present.take_if(|before| *before != labels) {
            self.family.remove(&before);
        }
        self.family.get_or_create(&labels).set(1);
        *present = Some(labels);
    }

    /// The tenant is gone.
    pub(crate) fn forget(&self, tenant: &str) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(labels) = shown.remove(tenant).flatten() {
            self.family.remove(&labels);
        }
    }
}
