//! What one subscriber is sent.

use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use umbel_sse::Frame;

use crate::outlet::Written;
use crate::spread::spread;
use crate::station::{Served, Station, Ticket};
use crate::{Framing, Outlet};

/// Milliseconds over which those who are sent away at a shutdown are told to come back, so that they
/// do not come all at once (T13).
const DRAIN_SPREAD_MS: u64 = 5_000;

/// What one subscriber is sent. Dropping it is how the hub learns that the client has gone: nothing
/// else keeps the subscriber alive.
pub struct Stream {
    station: Rc<Station>,
    ticket: Ticket,
    framing: Framing,
    outlet: Option<Rc<Outlet>>,
    ended: bool,
    /// Whether something waited behind the last chunk.
    more: bool,
}

impl Stream {
    pub(crate) fn new(
        station: Rc<Station>,
        ticket: Ticket,
        framing: Framing,
        outlet: Option<Rc<Outlet>>,
    ) -> Self {
        Self {
            station,
            ticket,
            framing,
            outlet,
            ended: false,
            more: true,
        }
    }

    /// The next bytes to write, whole frames, or `None` once the stream has ended cleanly.
    pub fn poll_chunk(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.ended {
            return Poll::Ready(None);
        }
        match self.station.take(self.ticket, cx) {
            Poll::Ready(None) => {
                self.ended = true;
                self.more = true;
                Poll::Ready(self.farewell())
            }
            Poll::Ready(Some((bytes, more))) => {
                self.more = more;
                Poll::Ready(Some(bytes))
            }
            Poll::Pending => Poll::Pending,
        }
    }

    /// Writes what waits to the stream's own outlet, which is open; from then on the station does so by
    /// itself, and wakes the given waker only where the kernel takes no more or the stream has ended.
    /// Ready once all has been written that ever will be, its framing's end included, or the socket has
    /// failed. Whoever sees the outlet blocked waits for the socket and unblocks it first.
    pub fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(outlet) = self.outlet.clone() else {
            return Poll::Ready(());
        };
        if !self.ended {
            match self.station.serve(self.ticket, cx) {
                Served::Live => return Poll::Pending,
                Served::Failed => return Poll::Ready(()),
                Served::Gone => {}
            }
        }
        match outlet.flush() {
            Written::All if self.ended => return Poll::Ready(()),
            Written::All => self.ended = true,
            Written::Blocked => return Poll::Pending,
            Written::Failed => return Poll::Ready(()),
        }
        let mut last = BytesMut::from(&*self.farewell().unwrap_or_default());
        last.extend_from_slice(self.framing.end());
        let last = last.freeze();
        match outlet.write(&last, |at| last.slice(at..)) {
            Written::Blocked => Poll::Pending,
            Written::All | Written::Failed => Poll::Ready(()),
        }
    }

    /// Whether something waited behind the last chunk. Where nothing did, [`Self::poll_chunk`] need not be
    /// called again: the waker that it was given is woken when there is something.
    pub fn has_more(&self) -> bool {
        self.more
    }

    /// Whether the hub has ended it, so that nothing but [`Self::farewell`] is to come: whoever carries it
    /// and does not ask for more may let go of it.
    pub fn has_ended(&self) -> bool {
        self.ended || !self.station.has(self.ticket)
    }

    /// Tells those who are sent away at a shutdown when to come back; none where it ends otherwise.
    pub fn farewell(&self) -> Option<Bytes> {
        let tenant = &self.station.tenant;
        let retry_ms = crate::clock::millis(tenant.config().stream.retry);
        let later_ms = spread(self.station.seed(), self.ticket.serial, DRAIN_SPREAD_MS);
        let retry_ms = u32::try_from(retry_ms + later_ms).unwrap_or(u32::MAX);
        tenant
            .is_closing()
            .then(|| self.framing.bytes(&Frame::retry(retry_ms)))
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.station.depart(self.ticket);
    }
}
