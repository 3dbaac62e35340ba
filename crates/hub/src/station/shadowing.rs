//! Both sides of a shadow on one shard.

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use umbel_routing::{Admission, Client, EventView, Export, Fault, SubscriberView};

use super::meter::Meter;
use super::registry::Registry;
use super::seats::{PolicySeat, policy_seat};
use crate::PolicyVersion;
use crate::shadow::Shadow;

/// Both sides of a shadow on one shard: fresh instances of the present policy and of the candidate.
pub(crate) struct ShadowSeats {
    shadow: Arc<Shadow>,
    live: PolicySeat,
    candidate: PolicySeat,
    /// Batches since one was compared.
    batches: u32,
}

impl ShadowSeats {
    pub(crate) fn new(shadow: &Arc<Shadow>, live: &PolicyVersion, meter: &Rc<Meter>) -> Self {
        Self {
            shadow: Arc::clone(shadow),
            live: policy_seat(live, "shadow of the policy", meter),
            candidate: policy_seat(&shadow.candidate, "shadow candidate", meter),
            batches: 0,
        }
    }

    /// Whether these are the seats of `shadow`.
    pub(crate) fn is_of(&self, shadow: &Arc<Shadow>) -> bool {
        Arc::ptr_eq(&self.shadow, shadow)
    }

    pub(crate) fn may_advance(&self, now_ms: u64) -> bool {
        self.live.may_advance(now_ms) || self.candidate.may_advance(now_ms)
    }

    /// Whether a side waits for room for an instance.
    pub(crate) fn is_starved(&self) -> bool {
        self.live.is_starved() || self.candidate.is_starved()
    }

    /// Room was sought for both.
    pub(crate) fn room_sought(&mut self, found: bool, now_ms: u64) {
        self.live.room_sought(found, now_ms);
        self.candidate.room_sought(found, now_ms);
    }

    /// One step of each side. Whom a side does not want stays all the same: nothing is decided here.
    pub(crate) fn advance(&mut self, registry: &mut Registry, now_ms: u64, deadline: Duration) {
        if !self.may_advance(now_ms) {
            return;
        }
        for seat in [&mut self.live, &mut self.candidate] {
            let _ = seat.advance(registry, now_ms, deadline, |_, _| true);
        }
    }

    pub(crate) fn meet(&mut self, newcomers: &[SubscriberView<'_>], now_ms: u64) {
        let live = self.live.meet(newcomers, now_ms);
        let candidate = self.candidate.meet(newcomers, now_ms);
        if let (Some(Ok(live)), Some(Ok(candidate))) = (live, candidate) {
            let differ = |(a, b): &(Admission, Admission)| a != b;
            let differ = live.into_iter().zip(candidate).filter(differ).count();
            self.shadow
                .note(|report| report.admissions_differ += differ as u64);
        }
    }

    pub(crate) fn leave(&mut self, clients: &[Client], now_ms: u64) {
        let _ = self.live.leave(clients, now_ms);
        let _ = self.candidate.leave(clients, now_ms);
    }

    /// Has both sides decide on a batch, where it belongs to the sample, and notes where they differ.
    pub(crate) fn compare(&mut self, events: &[EventView<'_>], now_ms: u64) {
        if !self.live.is_ready() || !self.candidate.is_ready() {
            return;
        }
        self.batches += 1;
        if self.batches < self.shadow.sample {
            return;
        }
        self.batches = 0;
        let live = ask(&mut self.live, events, now_ms);
        let candidate = ask(&mut self.candidate, events, now_ms);
        self.shadow.note(|report| {
            report.live_faults += u64::from(live.is_err());
            report.candidate_faults += u64::from(candidate.is_err());
            let (Ok(live), Ok(candidate)) = (live, candidate) else {
                return;
            };
            report.compared += events.len() as u64;
            for ((event, live), candidate) in events.iter().zip(live).zip(candidate) {
                let only = |a: &BTreeSet<u32>, b: &BTreeSet<u32>| -> Vec<u32> {
                    a.difference(b).copied().collect()
                };
                if live != candidate {
                    report.differs(
                        event.offset.0,
                        event.topics.first().unwrap_or(&""),
                        &only(&live, &candidate),
                        &only(&candidate, &live),
                    );
                }
            }
        });
    }
}

fn ask(
    seat: &mut PolicySeat,
    events: &[EventView<'_>],
    now_ms: u64,
) -> Result<Vec<BTreeSet<u32>>, Fault> {
    let audiences = seat.call(Export::Route, now_ms, |p| p.route(events))?;
    let set = |audience: Vec<Client>| audience.into_iter().map(|c| c.0).collect();
    Ok(audiences.into_iter().map(set).collect())
}
