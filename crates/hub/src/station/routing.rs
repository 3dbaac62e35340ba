//! From the log to audiences: one batch after the other, and what happens where the policy fails.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use umbel_event::{EventId, Offset};
use umbel_eventlog::{Entry, PageLimits, ReadError};
use umbel_routing::{Call, Client, Export, Fault};

use super::batch::BatchTopics;
use super::candidate::Candidate;
use super::core::{Core, mark};
use super::fan_out::FanOut;
use super::gap::{Gap, GapCause};
use super::portion::Portion;
use super::seat::Seat;
use super::subscriber::Position;
use super::telling::Telling;
use super::trouble::Trouble;
use super::{SWEEP_SLICE, Station};
use crate::OnFailure;
use crate::metrics::GuardDrop;

/// Events in the first batch, ...
pub(crate) const BATCH_EVENTS_FIRST: usize = 16;
/// ... and in any one.
pub(crate) const BATCH_EVENTS_MAX: usize = 256;
/// Bytes in one batch.
const BATCH_BYTES_MAX: usize = 1 << 20;
/// Events times clients in one batch: bounds what one call may answer.
const BATCH_HANDLES_MAX: usize = 1 << 20;
/// Deliveries that are handed round before the reactor gets its turn.
const DELIVERIES_STEP: usize = 16 * 1024;
/// Pause before a log that could not be read is tried again.
const LOG_RETRY: Duration = Duration::from_millis(100);

/// Who decides on the next batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decider {
    Policy,
    /// The hub's own rules.
    StandIn,
    /// Nobody: the next event is withheld.
    Nobody,
}

impl Station {
    /// Hands round some more of the batch that is on its way; where there is none, routes the next one.
    pub(crate) async fn route(&self) {
        if self.core.borrow().round.is_some() {
            self.hand_round();
            return;
        }
        let Some((cursor, limits)) = self.core.borrow_mut().next_batch() else {
            return;
        };
        if cursor >= self.tenant.log.bounds().next {
            return;
        }
        // While there is no one to ask, events wait in the log.
        let Some(decider) = self.core.borrow().decider(cursor) else {
            return;
        };
        match self.tenant.log.read(cursor, limits).await {
            Ok(entries) if entries.is_empty() => {
                // Offsets may have gaps: there is nothing before the bound of this batch.
                if limits.before <= self.tenant.log.bounds().next {
                    self.advance(limits.before);
                }
            }
            Ok(entries) => {
                self.begin_round(&entries, decider);
                self.hand_round();
            }
            Err(ReadError::Trimmed { first }) => self.skip_to(cursor, first),
            Err(ReadError::Backend(detail)) => {
                tracing::error!(tenant = self.tenant.name(), %detail, "the log cannot be read");
                tokio::time::sleep(LOG_RETRY).await;
            }
        }
    }

    /// Hands round some of the batch that is on its way. Where more has come, or those who were handed
    /// something earlier still wait for their write, all of it goes into mailboxes at once: one write takes
    /// both, and it reaches everyone with the sweep that is under way.
    fn hand_round(&self) {
        let has_to_route = self.has_to_route();
        let mut core = self.core.borrow_mut();
        let is_late = has_to_route || core.dirty.len() > SWEEP_SLICE;
        core.go_round(if is_late { DELIVERIES_STEP } else { 1 });
    }

    /// Asks who gets these, and begins to hand them round. From here on they count as routed: whoever is
    /// fed from the log is fed up to their end, and whoever goes live begins behind them.
    fn begin_round(&self, entries: &[Arc<Entry>], decider: Decider) {
        let Some(next) = entries.last().map(|e| e.offset.next()) else {
            return;
        };
        let bytes: usize = entries.iter().map(|e| e.event.cost()).sum();
        let mut core = self.core.borrow_mut();
        let (meter, started) = (Rc::clone(&core.seats.meter), Instant::now());
        let work = meter.charge(|| core.work(entries, decider));
        let Ok(work) = work else {
            core.routes.failed(entries.len());
            return core.failed_on(next);
        };
        if decider != Decider::Nobody {
            let (time, deadline) = (started.elapsed(), core.deadline());
            core.routes.took(entries.len(), time, deadline);
        }
        core.round = Some(Round {
            work,
            public: newest_public(entries),
        });
        core.routed_bytes += bytes as u64;
        drop(core);
        self.advance(next);
    }

    /// The log no longer holds what comes next: retention was overtaken.
    fn skip_to(&self, cursor: Offset, first: Offset) {
        let gap = Gap::new(GapCause::Expired, Some(first.0 - cursor.0));
        let bounds = self.tenant.log.bounds();
        let mut core = self.core.borrow_mut();
        core.tell_live(gap);
        core.routed_bytes = bounds.bytes_ever.saturating_sub(bounds.bytes);
        drop(core);
        self.advance(first);
    }

    fn advance(&self, next: Offset) {
        let mut core = self.core.borrow_mut();
        core.cursor = Some(next);
        core.trouble.take_if(|trouble| trouble.is_over(next));
        self.link().stand(next, core.routed_bytes);
        drop(core);
        self.tenant.moved_on();
    }
}

/// A routed batch that is being handed round.
pub(crate) struct Round {
    work: Work,
    /// Place and id of its newest event that anyone may know of.
    public: Option<(Offset, EventId)>,
}

/// What a batch comes to.
enum Work {
    HandRound(FanOut),
    /// Nobody decides on it, and nobody gets it.
    Withhold(Telling),
}

impl Work {
    /// Does some of it, at least `deliveries` where it hands round; true once all is done.
    fn step(&mut self, core: &mut Core, deliveries: usize) -> bool {
        match self {
            Self::HandRound(fan_out) => fan_out.step(core, deliveries),
            Self::Withhold(telling) => telling.step(core),
        }
    }
}

impl Core {
    /// Hands round at least `deliveries` of the batch that is on its way, or all that is left of it.
    fn go_round(&mut self, deliveries: usize) {
        let Some(mut round) = self.round.take() else {
            return;
        };
        if round.work.step(self, deliveries) {
            // Not before all of the batch waits in its mailboxes: a checkpoint may not overtake it.
            self.last_public = round.public.or(self.last_public.take());
        } else {
            self.round = Some(round);
        }
    }

    /// Where the next batch begins, and what it may hold. None where nobody is here, or what comes next
    /// is for instances that are not ready.
    fn next_batch(&mut self) -> Option<(Offset, PageLimits)> {
        let cursor = self.cursor?;
        self.now = self.now_ms();
        let fair = BATCH_HANDLES_MAX / self.registry.count().max(1);
        let mut limits = PageLimits {
            events: fair.clamp(1, self.routes.len()),
            bytes: BATCH_BYTES_MAX,
            before: Offset(u64::MAX),
        };
        if let Some(cut) = self.seats.candidate.as_ref().and_then(Candidate::cut) {
            // Every event is decided wholly by one of the two.
            if cursor >= cut {
                return None;
            }
            limits.before = cut;
        }
        if let Some(trouble) = &self.trouble {
            limits.before = limits.before.min(trouble.until());
            if trouble.is_one_by_one() {
                limits.events = 1;
            }
        }
        Some((cursor, limits))
    }

    /// Whether events are given up at the place where the station stands.
    pub(crate) fn is_exhausted(&self) -> bool {
        let given_up = |(trouble, cursor): (&Trouble, Offset)| trouble.is_given_up(cursor);
        self.trouble.as_ref().zip(self.cursor).is_some_and(given_up)
    }

    /// Whether there is someone to decide on what comes next.
    pub(crate) fn may_route(&self) -> bool {
        let waits = |(cursor, cut): (Offset, Offset)| cursor >= cut;
        let cut = self.seats.candidate.as_ref().and_then(Candidate::cut);
        if self.cursor.zip(cut).is_some_and(waits) {
            return false;
        }
        self.cursor
            .is_some_and(|cursor| self.decider(cursor).is_some())
    }

    /// Who decides on what begins at `cursor`; none where that has to wait.
    fn decider(&self, cursor: Offset) -> Option<Decider> {
        let given_up = self
            .trouble
            .as_ref()
            .is_some_and(|trouble| trouble.is_given_up(cursor));
        let open = self.config.components.policy_on_failure == OnFailure::Open;
        if given_up && (!open || self.seats.has_views()) {
            // Views always fail closed, and which of the two has failed is not told apart.
            return Some(Decider::Nobody);
        }
        if !self.seats.views_are_ready() {
            return None;
        }
        if self.seats.policy.is_ready() && !given_up {
            return Some(Decider::Policy);
        }
        let stand_in = self.seats.fallback.as_ref().is_some_and(Seat::is_ready);
        let out = self.seats.policy.is_out(self.now_ms());
        (open && stand_in && (out || given_up)).then_some(Decider::StandIn)
    }

    /// A component has failed on the batch that ends before `until`: it is tried again.
    fn failed_on(&mut self, until: Offset) {
        let Some(cursor) = self.cursor else {
            return;
        };
        match &mut self.trouble {
            Some(trouble) => trouble.again(cursor),
            None => self.trouble = Some(Trouble::new(until)),
        }
    }

    /// What is to be done about a batch.
    fn work(&mut self, entries: &[Arc<Entry>], decider: Decider) -> Result<Work, Fault> {
        if decider == Decider::Nobody {
            let telling = Telling::new(self.tenant.name(), entries);
            return Ok(Work::Withhold(telling));
        }
        let portions = self.portions(entries, decider)?;
        Ok(Work::HandRound(FanOut::new(self, portions, SWEEP_SLICE)))
    }

    /// Who gets which payload of each event.
    fn portions(
        &mut self,
        entries: &[Arc<Entry>],
        decider: Decider,
    ) -> Result<Vec<Portion>, Fault> {
        let audiences = self.ask_route(entries, decider)?;
        if self.seats.has_views() {
            return self.tailored(entries, audiences);
        }
        let whole = entries.iter().zip(audiences);
        Ok(whole
            .map(|(entry, audience)| Portion::whole(entry, audience))
            .collect())
    }

    fn ask_route(
        &mut self,
        entries: &[Arc<Entry>],
        decider: Decider,
    ) -> Result<Vec<Vec<Client>>, Fault> {
        let topics = BatchTopics::of(entries);
        let views = topics.views(entries);
        let now_ms = self.now;
        let mut audiences = match (decider, &mut self.seats.fallback) {
            (Decider::StandIn, Some(seat)) => seat.call(Export::Route, now_ms, |p| p.route(&views)),
            _ => {
                let policy = &mut self.seats.policy;
                let answer = policy.call(Export::Route, now_ms, |p| p.route(&views));
                self.seats.heard(&Call::Route(&views, answer.as_deref()));
                answer
            }
        }?;
        for audience in &mut audiences {
            let unknown = self.registry.narrow(audience);
            self.tally.guard_many(GuardDrop::Unknown, unknown);
        }
        if let Some(shadow) = &mut self.seats.shadow {
            shadow.compare(&views, now_ms);
        }
        Ok(audiences)
    }

    /// Tells those who are live that they missed something.
    fn tell_live(&mut self, gap: Gap) {
        for (client, subscriber) in self.registry.iter_mut() {
            if matches!(subscriber.position, Position::Live { .. }) {
                self.tally.gap(gap.cause());
                subscriber.miss(gap);
                mark(&mut self.dirty, &mut self.watched, client, subscriber);
            }
        }
    }
}

/// Place and id of the newest event of a batch that anyone may know of.
fn newest_public(entries: &[Arc<Entry>]) -> Option<(Offset, EventId)> {
    let entry = entries.iter().rev().find(|e| !e.event.private)?;
    Some((entry.offset, entry.event.id.clone()))
}
