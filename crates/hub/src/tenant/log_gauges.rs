//! What the gauges of a log show.

use std::sync::{Arc, Mutex, PoisonError};

use umbel_eventlog::{EventLog, LogBounds};

use crate::metrics::TenantMetrics;

/// What the gauges of one tenant's log were told last; taken back when the tenant is dropped. Tenants
/// without series of their own share them, so that they are told differences.
pub(crate) struct LogGauges {
    metrics: Arc<TenantMetrics>,
    told: Mutex<Told>,
}

#[derive(Clone, Copy, Default)]
struct Told {
    next: i64,
    bytes: i64,
}

impl LogGauges {
    /// Nothing was told yet.
    pub(crate) fn new(metrics: Arc<TenantMetrics>) -> Self {
        let told = Mutex::default();
        Self { metrics, told }
    }

    /// Tells them what `log` holds now.
    pub(crate) fn tell(&self, log: &dyn EventLog) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked at under the lock: whoever tells last has seen the newest.
        self.turn_to(&mut told, Told::of(log.bounds()));
    }

    fn turn_to(&self, told: &mut Told, now: Told) {
        self.metrics.log_offset.inc_by(now.next - told.next);
        self.metrics.log_bytes.inc_by(now.bytes - told.bytes);
        *told = now;
    }
}

impl Drop for LogGauges {
    fn drop(&mut self) {
        let mut told = *self.told.get_mut().unwrap_or_else(PoisonError::into_inner);
        self.turn_to(&mut told, Told::default());
    }
}

impl Told {
    fn of(bounds: LogBounds) -> Self {
        let signed = |value| i64::try_from(value).unwrap_or(i64::MAX);
        Self {
            next: signed(bounds.next.0),
            bytes: signed(bounds.bytes),
        }
    }
}
