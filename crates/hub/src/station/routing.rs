//! From the log to audiences: one batch after the other, and what happens where the policy fails.

use std::sync::Arc;
use std::time::Duration;

use umbel_event::Offset;
use umbel_eventlog::{Entry, PageLimits, ReadError};
use umbel_routing::{Client, Fault};
use umbel_selector::{Matcher, Pattern};

use super::Station;
use super::batch::BatchTopics;
use super::core::{Core, mark};
use super::fan_out::FanOut;
use super::gap::{Gap, GapCause};
use super::subscriber::{Position, Subscriber};
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
    /// Routes the next batch of the log, if there is one.
    pub(crate) async fn route(&self) {
        let Some((cursor, limits)) = self.core.borrow_mut().next_batch() else {
            return;
        };
        if cursor >= self.tenant.log.bounds().next {
            return;
        }
        match self.tenant.log.read(cursor, limits).await {
            Ok(entries) if entries.is_empty() => {}
            Ok(entries) => self.hand_round(entries).await,
            Err(ReadError::Trimmed { first }) => self.skip_to(cursor, first),
            Err(ReadError::Backend(detail)) => {
                tracing::error!(tenant = self.tenant.name(), %detail, "the log cannot be read");
                tokio::time::sleep(LOG_RETRY).await;
            }
        }
    }

    async fn hand_round(&self, entries: Vec<Arc<Entry>>) {
        let Some(next) = entries.last().map(|e| e.offset.next()) else {
            return;
        };
        let bytes: usize = entries.iter().map(|e| e.event.cost()).sum();
        let audiences = self.core.borrow_mut().audiences(&entries);
        self.core.borrow_mut().note_public(&entries);
        let mut fan_out = FanOut::new(entries, audiences);
        while !fan_out.step(&mut self.core.borrow_mut(), DELIVERIES_STEP) {
            tokio::task::yield_now().await;
        }
        self.core.borrow_mut().routed_bytes += bytes as u64;
        self.advance(next);
    }

    /// The log no longer holds what comes next: retention was overtaken.
    fn skip_to(&self, cursor: Offset, first: Offset) {
        let gap = Gap::new(GapCause::Expired, Some(first.0 - cursor.0));
        self.core.borrow_mut().tell_live(gap, |_| true);
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

impl Core {
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
    /// event by event, and whatever it still fails on is withheld from everyone.
    fn audiences(&mut self, entries: &[Arc<Entry>]) -> Vec<Vec<Client>> {
        for _ in 0..2 {
            match self.ask_route(entries) {
                Some(Ok(audiences)) => return audiences,
                Some(Err(_)) => {}
                None => break,
            }
        }
        let mut rebuilds = 2;
        let mut audiences = Vec::with_capacity(entries.len());
        for entry in entries {
            let answer = (rebuilds <= REBUILDS_MAX)
                .then(|| self.ask_route(std::slice::from_ref(entry)))
                .flatten();
            match answer {
                Some(Ok(mut one)) => audiences.append(&mut one),
                failed => {
                    rebuilds += usize::from(failed.is_some());
                    self.withhold(entry);
                    audiences.push(Vec::new());
                }
            }
        }
        audiences
    }

    /// One `route` call; none where there is no instance to call.
    fn ask_route(&mut self, entries: &[Arc<Entry>]) -> Option<Result<Vec<Vec<Client>>, Fault>> {
        self.ensure_policy()?;
        let topics = BatchTopics::of(entries);
        let views = topics.views(entries);
        Some(self.policy.call(|p| p.route(&views)))
    }

    /// Makes sure that there is an instance that knows everyone; ends those whom it fails on or no
    /// longer wants.
    pub(crate) fn ensure_policy(&mut self) -> Option<()> {
        let now_ms = self.now_ms();
        let rejoined = self.policy.ensure(&mut self.registry, now_ms)?;
        for ticket in rejoined.ended {
            self.end(ticket, LeaveReason::Policy);
        }
        Some(())
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

    fn note_public(&mut self, entries: &[Arc<Entry>]) {
        if let Some(entry) = entries.iter().rev().find(|e| !e.event.private) {
            self.last_public = Some((entry.offset, entry.event.id.clone()));
        }
    }
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
