//! What a stream takes that somebody else carries: a response body.

use std::task::Context;

use bytes::Bytes;

use super::Station;
use super::core::Core;
use super::giving::Next;
use super::registry::Ticket;

/// The answer to a stream that asks for more.
pub(crate) enum Taken {
    /// Whole frames, to be written next.
    Bytes {
        /// The frames.
        bytes: Bytes,
        /// Whether there is more to take at once; where not, it is woken when there is.
        more: bool,
    },
    /// Nothing now; it is woken when there is something.
    Nothing,
    /// It has ended.
    Gone,
}

impl Station {
    /// Whether the stream of `ticket` has not ended.
    pub(crate) fn has(&self, ticket: Ticket) -> bool {
        self.core.borrow().registry.get(ticket).is_some()
    }
}

impl Core {
    /// What the stream of `ticket` carries next.
    pub(crate) fn take(&mut self, ticket: Ticket, cx: &Context<'_>) -> Taken {
        self.now = self.now_ms();
        let (registry, mut giver) = self.giver();
        let Some(subscriber) = registry.get_mut(ticket) else {
            return Taken::Gone;
        };
        if subscriber.is_blocked() {
            subscriber.remember(cx.waker());
            return Taken::Nothing;
        }
        let bytes = match giver.next(ticket, subscriber) {
            Next::Block(bytes) => bytes,
            Next::Events => giver.take_events(subscriber),
            Next::Page | Next::Nothing => {
                subscriber.remember(cx.waker());
                return Taken::Nothing;
            }
        };
        let more = subscriber.has_waiting();
        if !more {
            subscriber.remember(cx.waker());
        }
        Taken::Bytes { bytes, more }
    }
}
