//! From audiences to mailboxes: the guard, the bounds, and those that have to be asked about.

use std::sync::Arc;

use umbel_eventlog::Entry;
use umbel_routing::{Client, WhenFull};

use super::asking::Asked;
use super::core::Core;
use super::frames::FrameNumber;
use super::grants::Decided;
use super::registry::{Absent, Registry, Ticket};
use super::subscriber::{Position, Subscriber};
use super::verdicts::After;
use crate::metrics::{GuardDrop, LeaveReason, Tally};

/// One routed batch on its way into mailboxes. Done in steps, so that a large audience does not keep
/// the reactor waiting.
pub(crate) struct FanOut {
    entries: Vec<Arc<Entry>>,
    audiences: Vec<Vec<Client>>,
    event: usize,
    member: usize,
    /// Frame of the current event, held here while it is handed round.
    number: Option<FrameNumber>,
    decided: Decided,
    asked: Asked,
}

impl FanOut {
    pub(crate) fn new(entries: Vec<Arc<Entry>>, audiences: Vec<Vec<Client>>) -> Self {
        Self {
            entries,
            audiences,
            event: 0,
            member: 0,
            number: None,
            decided: Decided::default(),
            asked: Asked::default(),
        }
    }

    /// Hands round at most `budget` deliveries; true once the whole batch is in its mailboxes.
    pub(crate) fn step(&mut self, core: &mut Core, budget: usize) -> bool {
        let mut left = budget;
        while self.event < self.entries.len() {
            let entry = Arc::clone(&self.entries[self.event]);
            let number = *self.number.get_or_insert_with(|| core.frames.held(&entry));
            let audience = &self.audiences[self.event];
            let upto = audience.len().min(self.member + left);
            let part = self.member..upto;
            left -= part.len();
            for &client in &audience[part] {
                offer(
                    core,
                    client,
                    number,
                    &entry,
                    &mut self.decided,
                    &mut self.asked,
                );
            }
            self.member = upto;
            if self.member < self.audiences[self.event].len() {
                return false;
            }
            self.number = None;
            core.frames.release(number);
            self.decided = Decided::default();
            self.event += 1;
            self.member = 0;
        }
        self.asked.settle(core);
        true
    }
}

/// Offers one event to one member of its audience.
fn offer(
    core: &mut Core,
    client: Client,
    number: FrameNumber,
    entry: &Arc<Entry>,
    decided: &mut Decided,
    asked: &mut Asked,
) {
    let now_ms = core.now;
    let (registry, mut posting) = core.posting();
    let Some(subscriber) = guard(registry, posting.tally, client, entry, decided) else {
        return;
    };
    if asked.is_about(client) {
        asked.defer(client, number, entry, posting.frames);
        return;
    }
    if subscriber.mailbox.fits(posting.frames.size(number)) {
        posting.post(client, subscriber, number);
        return;
    }
    match subscriber.mailbox.when_full() {
        WhenFull::Always(verdict) => {
            let ticket = Ticket {
                client,
                serial: subscriber.serial,
            };
            if posting.settle(verdict, client, subscriber, number, entry) == After::End {
                core.end(ticket, LeaveReason::Slow);
            }
        }
        WhenFull::Ask => {
            asked.add(
                client,
                &subscriber.mailbox,
                entry.offset,
                now_ms,
                posting.frames,
            );
            asked.defer(client, number, entry, posting.frames);
        }
    }
}

/// Whom of an audience an event may go to: handles in an answer are hostile, and private events go
/// only where a token says so, whatever the policy answers.
fn guard<'a>(
    registry: &'a mut Registry,
    tally: &mut Tally,
    client: Client,
    entry: &Entry,
    decided: &mut Decided,
) -> Option<&'a mut Subscriber> {
    let subscriber = match registry.lookup(client) {
        Ok(subscriber) => subscriber,
        Err(Absent::Unknown) => return drop_for(tally, GuardDrop::Unknown),
        Err(Absent::Departed) => return drop_for(tally, GuardDrop::Departed),
    };
    match subscriber.position {
        Position::Live { since } if entry.offset >= since => {}
        Position::Live { .. } => return drop_for(tally, GuardDrop::BeforeJoin),
        Position::Fed { .. } => return None,
    }
    if entry.event.private && !decided.may(&subscriber.grants, &entry.event) {
        return drop_for(tally, GuardDrop::NotGranted);
    }
    if subscriber.offered >= entry.offset {
        return drop_for(tally, GuardDrop::Twice);
    }
    subscriber.offered = entry.offset;
    Some(subscriber)
}

fn drop_for<T>(tally: &mut Tally, why: GuardDrop) -> Option<T> {
    tally.guard(why);
    None
}
