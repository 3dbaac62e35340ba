//! From the log to audiences: one batch after the other, and what happens where the policy fails.

use std::sync::Arc;
use std::time::Duration;

use umbel_event::{EventId, Offset};
use umbel_eventlog::{Entry, PageLimits, ReadError};
use umbel_routing::{Client, Fault};
use umbel_selector::{Matcher, Pattern};

use super::batch::BatchTopics;
use super::core::{Core, mark};
use super::fan_out::FanOut;
use super::gap::{Gap, GapCause};
use super::subscriber::{Position, Subscriber};
use super::{SWEEP_SLICE, Station};
use crate::metrics::LeaveReason;

/// Events in one batch.
const BATCH_EVENTS_MAX: usize = 256;
/// Bytes in one batch.
const BATCH_BYTES_MAX: usize = 1 << 20;
/// Events times clients in one batch: bounds what one call may answer.
const BATCH_HANDLES_MAX: usize = 1 << 20;
/// Deliveries that are handed round before the reactor gets its turn.
const DELIVERIES_STEP: usize = 16 * 1024;
/// Pause before a log that could not be read is tried again.
const LOG_RETRY: Duration = Duration::from_millis(100);
/// Instances that one batch may use up.
const REBUILDS_MAX: usize = 3;

impl Station {
    /// Hands round some more of the batch that is on its way; where there is none, routes the next one.
    pub(crate) async fn route(&self) {
        if self.core.borrow().round.is_some() {
            // Where more has come, all of this goes into mailboxes at once, so that one write takes both.
            let budget = if self.has_to_route() {
                DELIVERIES_STEP
            } else {
                1
            };
            self.core.borrow_mut().go_round(budget);
            return;
        }
        let Some((cursor, limits)) = self.core.borrow_mut().next_batch() else {
            return;
        };
        // While there is no policy to ask, events wait in the log.
        if cursor >= self.tenant.log.bounds().next || !self.core.borrow_mut().ensure_policy() {
            return;
        }
        match self.tenant.log.read(cursor, limits).await {
            Ok(entries) if entries.is_empty() => {}
            Ok(entries) => {
                self.begin_round(&entries);
                self.core.borrow_mut().go_round(1);
            }
            Err(ReadError::Trimmed { first }) => self.skip_to(cursor, first),
            Err(ReadError::Backend(detail)) => {
                tracing::error!(tenant = self.tenant.name(), %detail, "the log cannot be read");
                tokio::time::sleep(LOG_RETRY).await;
            }
        }
    }

    /// Asks who gets these, and begins to hand them round. From here on they count as routed: whoever is
    /// fed from the log is fed up to their end, and whoever goes live begins behind them.
    fn begin_round(&self, entries: &[Arc<Entry>]) {
        let Some(next) = entries.last().map(|e| e.offset.next()) else {
            return;
        };
        let bytes: usize = entries.iter().map(|e| e.event.cost()).sum();
        let mut core = self.core.borrow_mut();
        let Some(audiences) = core.audiences(entries) else {
            return;
        };
        let fan_out = FanOut::new(&mut core, entries, audiences, SWEEP_SLICE);
        core.round = Some(Round {
            fan_out,
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
        core.tell_live(gap, |_| true);
        core.routed_bytes = bounds.bytes_ever.saturating_sub(bounds.bytes);
        drop(core);
        self.advance(first);
    }

    fn advance(&self, next: Offset) {
        let mut core = self.core.borrow_mut();
        core.cursor = Some(next);
        self.link().stand(next, core.routed_bytes);
        drop(core);
        self.tenant.moved_on();
    }
}

/// A routed batch that is being handed round.
pub(crate) struct Round {
    fan_out: FanOut,
    /// Place and id of its newest event that anyone may know of.
    public: Option<(Offset, EventId)>,
}

impl Core {
    /// Hands round at least `deliveries` of the batch that is on its way, or all that is left of it.
    fn go_round(&mut self, deliveries: usize) {
        let Some(mut round) = self.round.take() else {
            return;
        };
        if round.fan_out.step(self, deliveries) {
            // Not before all of the batch waits in its mailboxes: a checkpoint may not overtake it.
            self.last_public = round.public.or(self.last_public.take());
        } else {
            self.round = Some(round);
        }
    }

    fn next_batch(&mut self) -> Option<(Offset, PageLimits)> {
        let cursor = self.cursor?;
        self.now = self.now_ms();
        let fair = BATCH_HANDLES_MAX / self.registry.count().max(1);
        let limits = PageLimits {
            events: fair.clamp(1, BATCH_EVENTS_MAX),
            bytes: BATCH_BYTES_MAX,
            before: Offset(u64::MAX),
        };
        Some((cursor, limits))
    }

    /// Who gets each event. The whole batch is asked for at once; where the policy fails on it twice,
    /// event by event, and whatever it still fails on is withheld from everyone. None where there is no
    /// policy to ask any more: nothing was routed, and the batch waits in the log.
    fn audiences(&mut self, entries: &[Arc<Entry>]) -> Option<Vec<Vec<Client>>> {
        for _ in 0..2 {
            if let Ok(audiences) = self.ask_route(entries)? {
                return Some(audiences);
            }
        }
        let mut rebuilds = 2;
        let mut audiences = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut answer = None;
            if rebuilds <= REBUILDS_MAX {
                answer = self.ask_route(std::slice::from_ref(entry))?.ok();
                rebuilds += usize::from(answer.is_none());
            }
            match answer {
                Some(mut one) => audiences.append(&mut one),
                None => {
                    self.withhold(entry);
                    audiences.push(Vec::new());
                }
            }
        }
        Some(audiences)
    }

    /// One `route` call; none where there is no instance to call.
    fn ask_route(&mut self, entries: &[Arc<Entry>]) -> Option<Result<Vec<Vec<Client>>, Fault>> {
        self.ensure_policy().then_some(())?;
        let topics = BatchTopics::of(entries);
        let views = topics.views(entries);
        Some(self.policy.call(|p| p.route(&views)))
    }

    /// Makes sure that there is an instance that knows everyone; ends those whom it fails on or no
    /// longer wants. False where there is none for now.
    pub(crate) fn ensure_policy(&mut self) -> bool {
        let now_ms = self.now_ms();
        let (is_up, ended) = self.policy.ensure(&mut self.registry, now_ms);
        for ticket in ended {
            self.end(ticket, LeaveReason::Policy);
        }
        is_up
    }

    /// Nobody gets this event: whoever might have had it is told so.
    fn withhold(&mut self, entry: &Entry) {
        tracing::error!(
            tenant = self.tenant.name(),
            offset = entry.offset.0,
            "an event is withheld: the policy fails on it"
        );
        let gap = Gap::new(GapCause::Withheld, Some(1));
        self.tell_live(gap, |subscriber| concerns(subscriber, entry));
    }

    /// Tells those who are live, and whom it concerns, that they missed something.
    fn tell_live(&mut self, gap: Gap, concerns: impl Fn(&Subscriber) -> bool) {
        for (client, subscriber) in self.registry.iter_mut() {
            if matches!(subscriber.position, Position::Live { .. }) && concerns(subscriber) {
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

/// Whether a subscriber might have had an event, as far as the hub can tell without the policy.
fn concerns(subscriber: &Subscriber, entry: &Entry) -> bool {
    if matches!(subscriber.position, Position::Live { since } if entry.offset < since) {
        return false;
    }
    let event = &entry.event;
    let asked_for = subscriber.selectors.iter().any(|selector| {
        let pattern = Pattern::compile(selector);
        // What a language of the policy's own matches only the policy knows.
        matches!(selector.matcher(), Matcher::Custom(_))
            || event.topics.iter().any(|t| pattern.matches(t.as_str()))
    });
    asked_for && (!event.private || subscriber.grants.cover(event))
}
