//! What calls to a tenant's components cost and how they fail, on one shard.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use umbel_routing::{Export, Fault};

use crate::metrics::TenantMetrics;

/// Measures every call to the components of one station.
pub(crate) struct Meter {
    tenant: Box<str>,
    metrics: Arc<TenantMetrics>,
    /// Microseconds since they were last taken, and the rest in nanoseconds.
    spent_ns: Cell<u64>,
}

impl Meter {
    pub(crate) fn new(tenant: &str, metrics: Arc<TenantMetrics>) -> Self {
        Self {
            tenant: tenant.into(),
            metrics,
            spent_ns: Cell::new(0),
        }
    }

    /// Measures one call.
    pub(crate) fn time<T>(&self, export: Export, call: impl FnOnce() -> T) -> T {
        let started = Instant::now();
        let answer = call();
        let ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.spent_ns.set(self.spent_ns.get().saturating_add(ns));
        self.metrics.policy_call_seconds[export as usize].observe(ns);
        answer
    }

    /// Counts all of `work` as spent, not just the calls in it: what the hub makes of an answer is the
    /// component's doing as well.
    pub(crate) fn charge<T>(&self, work: impl FnOnce() -> T) -> T {
        let (before_ns, started) = (self.spent_ns.get(), Instant::now());
        let answer = work();
        let ns = u64::try_from(started.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.spent_ns.set(before_ns.saturating_add(ns));
        answer
    }

    /// What was spent since it was last taken.
    pub(crate) fn spent(&self) -> Duration {
        Duration::from_nanos(self.spent_ns.get())
    }

    /// What was spent since this was last asked, in microseconds.
    pub(crate) fn take_spent_us(&self) -> u64 {
        let ns = self.spent_ns.get();
        self.spent_ns.set(ns % 1_000);
        ns / 1_000
    }

    /// Counts and logs a fault of `role`.
    pub(crate) fn note(&self, role: &'static str, fault: &Fault) {
        self.metrics.fault(fault.class);
        tracing::warn!(
            tenant = &*self.tenant,
            role,
            export = fault.export.name(),
            class = fault.class.name(),
            detail = %fault.detail.escape_debug(),
            "a component failed; its instance is replaced"
        );
    }
}
