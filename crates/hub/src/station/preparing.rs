//! Steps towards having instances that know everyone, and taking them over.

use std::time::Duration;

use super::Station;
use super::candidate::{Candidate, CandidateSeat};
use super::core::Core;
use super::mailbox::Mailbox;
use super::member::Member;
use super::seat::{Seat, Step};
use super::tapping::Tapping;
use crate::OnFailure;
use crate::metrics::LeaveReason;
use crate::tenant::{Change, Report};

impl Station {
    /// One step for each seat that is not ready and is needed.
    pub(crate) fn prepare(&self) {
        let needs_policy = self.needs_policy();
        let has_switched = self.core.borrow_mut().prepare(needs_policy, self.shard);
        if has_switched {
            // What came after the change that was made is looked at now.
            self.link().wake.notify_one();
        }
        self.seek_room();
    }

    /// Whether somebody waits for what only the policy can say.
    pub(crate) fn needs_policy(&self) -> bool {
        let waiting = !self.inbox.borrow().is_empty() || self.has_to_route();
        let core = self.core.borrow();
        let suspects = core.suspects.is_waiting();
        waiting || suspects || !core.hungry.is_empty() || !core.parked.is_empty()
    }

    /// Whether a step of [`Self::prepare`] would bring something closer to being ready.
    pub(crate) fn may_prepare(&self) -> bool {
        let needs_policy = self.needs_policy();
        let core = self.core.borrow();
        let now_ms = core.now_ms();
        let seats = &core.seats;
        let filter = seats.filter.as_ref();
        let filter = seats.has_views() && filter.is_some_and(|f| f.may_advance(now_ms));
        let candidate = seats.candidate.as_ref();
        let shadow = seats.shadow.as_ref();
        (needs_policy && (seats.policy.may_advance(now_ms) || filter || core.needs_stand_in()))
            || candidate.is_some_and(|c| c.may_advance() || core.may_switch())
            || shadow.is_some_and(|s| s.may_advance(now_ms))
            || core.may_tell_tap()
    }

    /// Where there is no room for an instance, another tenant is to give up one that it has not used for the
    /// longest time. One search at a time: it may lead to another shard.
    pub(crate) fn seek_room(&self) {
        let core = self.core.borrow();
        if core.seats.is_starved()
            && !self.seeks_room.replace(true)
            && let Some(station) = core.station.upgrade()
        {
            self.stations.seek_room(station);
        }
    }

    /// Room was sought for this tenant's instances.
    pub(crate) fn room_sought(&self, found: bool) {
        self.seeks_room.set(false);
        let mut core = self.core.borrow_mut();
        let now_ms = core.now_ms();
        core.seats.room_sought(found, now_ms);
        drop(core);
        self.link().wake.notify_one();
    }
}

impl Core {
    pub(crate) fn deadline(&self) -> Duration {
        self.config.components.deadline
    }

    /// One step for each seat, up to one that takes long; answers whether a candidate has taken over.
    fn prepare(&mut self, needs_policy: bool, shard: usize) -> bool {
        if needs_policy {
            self.prepare_policy();
            if self.seats.has_views() && !self.has_taken_long() {
                self.advance_filter();
            }
            self.prepare_stand_in();
        }
        if !self.has_taken_long() {
            self.prepare_candidate(shard);
        }
        if !self.has_taken_long() {
            self.prepare_shadow();
        }
        self.prepare_tapping();
        self.switch(shard)
    }

    fn prepare_policy(&mut self) {
        let (now_ms, deadline) = (self.now_ms(), self.deadline());
        let (ceilings, policies) = (&self.config.mailbox, self.policies);
        let step = self
            .seats
            .policy
            .advance(&mut self.registry, now_ms, deadline, |s, answer| {
                s.keep_up(policies);
                let Ok(bounds) = answer else {
                    return false;
                };
                s.mailbox.set_bounds(Mailbox::clamp(bounds, ceilings));
                true
            });
        self.end_unwanted(step);
        if self.seats.policy.is_ready() && self.trouble.is_none() {
            self.seats.fallback = None;
        }
    }

    /// One step of the filter towards being ready.
    pub(crate) fn advance_filter(&mut self) {
        let (now_ms, deadline) = (self.now_ms(), self.deadline());
        let Some(filter) = &mut self.seats.filter else {
            return;
        };
        let step = filter.advance(&mut self.registry, now_ms, deadline, |_, ()| true);
        self.end_unwanted(step);
    }

    fn prepare_stand_in(&mut self) {
        if !self.needs_stand_in() {
            return;
        }
        let (now_ms, deadline) = (self.now_ms(), self.deadline());
        let seat = self.seats.stand_in();
        // The hub's own rules turn nobody away, and the bounds that the policy gave stay.
        let _ = seat.advance(&mut self.registry, now_ms, deadline, |_, _| true);
    }

    /// Whether the hub's own rules are to decide, and are not ready.
    fn needs_stand_in(&self) -> bool {
        let open = self.config.components.policy_on_failure == OnFailure::Open;
        let needed = self.seats.policy.is_out(self.now_ms()) || self.is_exhausted();
        open && needed && !self.seats.fallback.as_ref().is_some_and(Seat::is_ready)
    }

    fn prepare_candidate(&mut self, shard: usize) {
        let (now_ms, deadline) = (self.now_ms(), self.deadline());
        let Some(candidate) = &mut self.seats.candidate else {
            return;
        };
        if candidate.report() == Report::Preparing {
            let (ceilings, policies) = (&self.config.mailbox, self.policies);
            candidate.advance(&mut self.registry, now_ms, deadline, ceilings, policies);
        }
        if candidate.cut().is_none() {
            candidate.rollout.report(shard, candidate.report());
        }
    }

    /// Whether the candidate takes over now: everything before the cut has been routed and handed round, or
    /// waits for a policy that is out of order, so that nothing would come of waiting.
    pub(crate) fn may_switch(&self) -> bool {
        let Some(cut) = self.seats.candidate.as_ref().and_then(Candidate::cut) else {
            return false;
        };
        let routed = self.cursor.is_none_or(|cursor| cursor >= cut);
        self.round.is_none() && (routed || self.seats.policy.is_out(self.now_ms()))
    }

    /// The candidate takes over where it is time. What it could not be told of since is dealt with as
    /// with any new instance.
    fn switch(&mut self, shard: usize) -> bool {
        if !self.may_switch() {
            return false;
        }
        let Some(candidate) = self.seats.candidate.take() else {
            return false;
        };
        match candidate.seat {
            CandidateSeat::Policy(seat) => {
                if let Change::Policy(version) = &candidate.rollout.change {
                    drop_elsewhere(self.seats.set_policy(seat, version));
                }
                self.policies = self.policies.wrapping_add(1);
                self.seats.fallback = None;
            }
            CandidateSeat::Filter(seat) => {
                self.seats.parts = candidate.rollout.change.parts();
                if let Some(old) = self.seats.filter.replace(seat) {
                    drop_elsewhere(old);
                }
            }
            CandidateSeat::NoFilter => self.seats.set_filter(None),
        }
        for ticket in candidate.refused {
            self.end(ticket, LeaveReason::Policy);
        }
        self.trouble = None;
        candidate.rollout.report(shard, Report::Switched);
        // While it waited for its cut, no later change was looked at.
        self.generation = u64::MAX;
        true
    }

    fn prepare_shadow(&mut self) {
        let (now_ms, deadline) = (self.now_ms(), self.deadline());
        if let Some(shadow) = &mut self.seats.shadow {
            shadow.advance(&mut self.registry, now_ms, deadline);
        }
    }

    /// Whether whoever listens is to be told something before it hears calls.
    fn may_tell_tap(&self) -> bool {
        let tapping = self.seats.tapping.as_ref();
        let may_advance = |t: &Tapping| t.may_advance(&self.registry, self.is_quiet());
        self.seats.policy.is_ready() && tapping.is_some_and(may_advance)
    }

    fn prepare_tapping(&mut self) {
        if !self.may_tell_tap() {
            return;
        }
        let quiet = self.is_quiet();
        let settings = self.seats.version.factory.settings();
        if let Some(tapping) = &mut self.seats.tapping {
            tapping.advance(&self.registry, settings, quiet);
            self.seats.end_tap();
        }
    }

    /// Whether no batch is on its way, and nobody has left whom the policy does not know to have.
    fn is_quiet(&self) -> bool {
        self.round.is_none() && self.leaving.is_empty()
    }

    fn end_unwanted(&mut self, step: Step) {
        for ticket in step.unwanted {
            self.end(ticket, LeaveReason::Policy);
        }
    }
}

/// An instance with many clients takes a good part of a millisecond to drop, which nobody on this shard
/// should wait for.
fn drop_elsewhere<M: Member + Send + 'static>(seat: Seat<M>) {
    if let Some(instance) = seat.into_instance() {
        tokio::task::spawn_blocking(move || drop(instance));
    }
}
