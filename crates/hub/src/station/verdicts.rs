//! What happens to an event that meets a full mailbox.

use std::collections::VecDeque;

use umbel_eventlog::Entry;
use umbel_routing::{Client, Verdict};

use super::core::mark;
use super::frames::{FrameNumber, Frames};
use super::gap::{Gap, GapCause};
use super::registry::Ticket;
use super::subscriber::{Position, Subscriber};
use crate::metrics::Tally;

/// Puts frames into mailboxes and carries verdicts out; borrows what of a station that takes.
pub(crate) struct Posting<'a> {
    pub(crate) frames: &'a mut Frames,
    pub(crate) tally: &'a mut Tally,
    pub(crate) dirty: &'a mut VecDeque<Ticket>,
    pub(crate) watched: &'a mut Vec<Ticket>,
    pub(crate) fed: &'a mut usize,
    pub(crate) tenant: &'a str,
}

/// What the caller has left to do after a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// Nothing.
    Done,
    /// The stream is to end.
    End,
}

impl Posting<'_> {
    /// Puts a frame that fits into the mailbox.
    pub(crate) fn post(&mut self, to: Client, subscriber: &mut Subscriber, number: FrameNumber) {
        subscriber.mailbox.push(number, self.frames);
        mark(self.dirty, self.watched, to, subscriber);
    }

    /// Carries out what was decided about an event that does not fit.
    pub(crate) fn settle(
        &mut self,
        verdict: Verdict,
        to: Client,
        subscriber: &mut Subscriber,
        number: FrameNumber,
        entry: &Entry,
    ) -> After {
        self.tally.verdict(verdict);
        let size = self.frames.size(number);
        match verdict {
            Verdict::DropNewest => self.miss(to, subscriber, 1),
            Verdict::DropOldest => {
                let dropped = subscriber.mailbox.make_room(size, self.frames);
                self.miss(to, subscriber, dropped);
                self.post(to, subscriber, number);
            }
            Verdict::Conflate => {
                subscriber.mailbox.conflate(number, self.frames);
                // What is newest of its topic goes only where nothing else is left to go.
                subscriber.mailbox.drop_superseded(number, self.frames);
                let dropped = subscriber.mailbox.make_room(size, self.frames);
                self.miss(to, subscriber, dropped);
                self.post(to, subscriber, number);
            }
            Verdict::CatchUp => {
                let first = subscriber.mailbox.clear(self.frames);
                let next = first.unwrap_or(entry.offset);
                subscriber.position = Position::Fed { next, asked: false };
                *self.fed += 1;
                mark(self.dirty, self.watched, to, subscriber);
            }
            Verdict::Disconnect => return After::End,
        }
        After::Done
    }

    /// Notes that a verdict took `count` events from a subscriber. The log gets one line for a run of
    /// them: there is one pending gap, and it is new only once.
    fn miss(&mut self, client: Client, subscriber: &mut Subscriber, count: u32) {
        if count == 0 {
            return;
        }
        if subscriber.gap.is_none() {
            self.tally.gap(GapCause::Dropped);
            tracing::warn!(
                tenant = self.tenant,
                client = client.0,
                serial = subscriber.serial,
                "a full mailbox drops events"
            );
        }
        subscriber.miss(Gap::new(GapCause::Dropped, Some(u64::from(count))));
        mark(self.dirty, self.watched, client, subscriber);
    }
}
