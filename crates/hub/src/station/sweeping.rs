//! The sweep: what waits is written to sockets by the station itself.
//!
//! A stream that has a socket to itself costs one write for each delivery, and no task is woken for it.
//! Its connection's task is woken only where the kernel takes no more, or the stream has ended.

use std::task::Context;

use super::core::Core;
use super::registry::Ticket;
use crate::outlet::Written;

/// What became of a stream that its connection looked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// All that waited was written, or the kernel takes no more; its waker is kept.
    Live,
    /// The connection is of no use any more.
    Failed,
    /// The stream has ended: there is nothing to come.
    Gone,
}

impl Core {
    /// Serves at most `max` of those who have something new; true once nobody is left.
    pub(crate) fn sweep(&mut self, max: usize) -> bool {
        if self.dirty.is_empty() {
            return true;
        }
        self.now = self.now_ms();
        for _ in 0..max {
            let Some(ticket) = self.dirty.pop_front() else {
                return true;
            };
            let (registry, mut giver) = self.giver();
            let Some(subscriber) = registry.get_mut(ticket) else {
                continue;
            };
            subscriber.flags.dirty = false;
            // A blocked stream is looked after anyway when the kernel takes something again.
            if subscriber.is_blocked() {
                continue;
            }
            let written =
                subscriber.with_open_outlet(|s, outlet| giver.write_all(ticket, s, outlet));
            if written != Some(Written::All)
                && let Some(waker) = subscriber.waker.take()
            {
                waker.wake();
            }
        }
        self.dirty.is_empty()
    }

    /// Writes all that waits for the stream of `ticket`, whose connection is there to be woken.
    pub(crate) fn serve(&mut self, ticket: Ticket, cx: &Context<'_>) -> Served {
        self.now = self.now_ms();
        let (registry, mut giver) = self.giver();
        let Some(subscriber) = registry.get_mut(ticket) else {
            return Served::Gone;
        };
        subscriber.remember(cx.waker());
        let written = subscriber.with_open_outlet(|subscriber, outlet| match outlet.flush() {
            Written::All => giver.write_all(ticket, subscriber, outlet),
            other => other,
        });
        match written {
            Some(Written::All | Written::Blocked) => Served::Live,
            Some(Written::Failed) | None => Served::Failed,
        }
    }
}
