//! What one station counts between two ticks, without sharing.

use umbel_routing::Verdict;

use super::TenantMetrics;
use super::histogram::LocalHistogram;
use super::tenant::{DELIVERY_MS, GuardDrop, MAILBOX_EVENTS};
use crate::station::GapCause;

/// What one station counts between two ticks: plain numbers, since it is alone with them.
pub(crate) struct Tally {
    deliveries: u64,
    bytes: u64,
    verdicts: [u64; Verdict::ALL.len()],
    gaps: [u64; GapCause::ALL.len()],
    guard: [u64; GuardDrop::ALL.len()],
    delivery_ms: LocalHistogram,
    mailbox_events: LocalHistogram,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            deliveries: 0,
            bytes: 0,
            verdicts: [0; Verdict::ALL.len()],
            gaps: [0; GapCause::ALL.len()],
            guard: [0; GuardDrop::ALL.len()],
            delivery_ms: LocalHistogram::new(&DELIVERY_MS),
            mailbox_events: LocalHistogram::new(&MAILBOX_EVENTS),
        }
    }

    /// One event was handed to a connection, so long after it was accepted.
    pub(crate) fn delivered(&mut self, age_ms: u64) {
        self.deliveries += 1;
        self.delivery_ms.observe(age_ms);
    }

    /// So many bytes were handed to a connection, for so many events.
    pub(crate) fn wrote(&mut self, bytes: usize, events: u32) {
        self.bytes += bytes as u64;
        self.mailbox_events.observe(u64::from(events));
    }

    pub(crate) fn verdict(&mut self, verdict: Verdict) {
        self.verdicts[verdict as usize] += 1;
    }

    pub(crate) fn gap(&mut self, cause: GapCause) {
        self.gaps[cause as usize] += 1;
    }

    pub(crate) fn guard(&mut self, why: GuardDrop) {
        self.guard_many(why, 1);
    }

    pub(crate) fn guard_many(&mut self, why: GuardDrop, count: usize) {
        self.guard[why as usize] += count as u64;
    }

    /// Hands everything to the shared metrics and starts anew.
    pub(crate) fn merge_into(&mut self, metrics: &TenantMetrics) {
        metrics
            .deliveries
            .inc_by(std::mem::take(&mut self.deliveries));
        metrics
            .delivered_bytes
            .inc_by(std::mem::take(&mut self.bytes));
        merge(&mut self.verdicts, &metrics.verdicts);
        merge(&mut self.gaps, &metrics.gaps);
        merge(&mut self.guard, &metrics.guard_dropped);
        self.delivery_ms.merge_into(&metrics.delivery_seconds);
        self.mailbox_events.merge_into(&metrics.mailbox_events);
    }
}

fn merge(local: &mut [u64], shared: &[prometheus_client::metrics::counter::Counter]) {
    for (local, shared) in local.iter_mut().zip(shared) {
        shared.inc_by(std::mem::take(local));
    }
}
