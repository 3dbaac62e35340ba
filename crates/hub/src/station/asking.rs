//! Full mailboxes that the policy is asked about.

use std::collections::HashMap;
use std::sync::Arc;

use umbel_event::Offset;
use umbel_eventlog::Entry;
use umbel_routing::{Call, Client, Export, FullMailbox, Verdict};

use super::core::Core;
use super::frames::{FrameNumber, Frames};
use super::mailbox::Mailbox;
use super::registry::Ticket;
use super::subscriber::Position;
use super::verdicts::After;
use crate::metrics::LeaveReason;

/// Full mailboxes that the policy is asked about, each client once in a batch, and the events that
/// wait for the answers.
#[derive(Default)]
pub(crate) struct Asked {
    full: Vec<FullMailbox>,
    places: HashMap<Client, usize>,
    waiting: Vec<Waiting>,
}

/// An event that waits for a verdict; its frame is held.
struct Waiting {
    place: usize,
    number: FrameNumber,
    entry: Arc<Entry>,
}

impl Asked {
    pub(crate) fn is_about(&self, client: Client) -> bool {
        self.places.contains_key(&client)
    }

    /// The event at `offset` does not fit into the mailbox of `client`.
    pub(crate) fn add(
        &mut self,
        client: Client,
        mailbox: &Mailbox,
        offset: Offset,
        now_ms: u64,
        frames: &Frames,
    ) {
        let oldest_ms = mailbox.first().map_or(now_ms, |n| frames.accepted_ms(n));
        self.places.insert(client, self.full.len());
        self.full.push(FullMailbox {
            client,
            offset,
            events: mailbox.events(),
            bytes: mailbox.bytes(),
            oldest_ms: u32::try_from(now_ms.saturating_sub(oldest_ms)).unwrap_or(u32::MAX),
        });
    }

    /// An event for a client that is asked about waits for the answer.
    pub(crate) fn defer(
        &mut self,
        client: Client,
        number: FrameNumber,
        entry: &Arc<Entry>,
        frames: &mut Frames,
    ) {
        let Some(&place) = self.places.get(&client) else {
            return;
        };
        frames.hold(number);
        self.waiting.push(Waiting {
            place,
            number,
            entry: Arc::clone(entry),
        });
    }

    /// Asks the policy once about everyone who is full, and carries its verdicts out: each holds for
    /// the rest of the batch. Where the call fails, the new events are dropped: the audience stands,
    /// nothing is routed twice.
    pub(crate) fn settle(&mut self, core: &mut Core) {
        if self.full.is_empty() {
            return;
        }
        let now_ms = core.now_ms();
        let policy = &mut core.seats.policy;
        let answer = policy.call(Export::Overflow, now_ms, |p| p.overflow(&self.full));
        let verdicts = answer.as_deref();
        core.seats.heard(&Call::Overflow(&self.full, verdicts));
        let verdicts = answer.unwrap_or_else(|_| vec![Verdict::DropNewest; self.full.len()]);
        for waiting in std::mem::take(&mut self.waiting) {
            let client = self.full[waiting.place].client;
            carry_out(core, client, &waiting, verdicts[waiting.place]);
            core.frames.release(waiting.number);
        }
        *self = Self::default();
    }
}

fn carry_out(core: &mut Core, client: Client, waiting: &Waiting, verdict: Verdict) {
    let (registry, mut posting) = core.posting();
    let Ok(subscriber) = registry.lookup(client) else {
        return;
    };
    // Fed since the verdict on an earlier event of the batch: the log has this one for it.
    if matches!(subscriber.position, Position::Fed { .. }) {
        return;
    }
    let Waiting { number, entry, .. } = waiting;
    if subscriber.mailbox.fits(posting.frames.size(*number)) {
        posting.post(client, subscriber, *number);
        return;
    }
    let ticket = Ticket {
        client,
        serial: subscriber.serial,
    };
    if posting.settle(verdict, client, subscriber, *number, entry) == After::End {
        core.end(ticket, LeaveReason::Slow);
    }
}
