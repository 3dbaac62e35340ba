//! One accepted connection.

use std::cell::{Cell, RefCell};
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::net::TcpStream;
use umbel_hub::Outlet;

use super::Connections;
use super::activity::{Activity, EndReason};
use super::gathering::Gathering;
use super::outgoing::StreamBody;
use super::seat::Seat;
use super::tcp::Tcp;
use crate::http::AddressSeat;

/// Bytes that a client may send while its stream is open; they mean nothing, and who sends more is cut.
const IDLE_CHATTER_BYTES_MAX: u32 = 64 << 10;

/// The answer to a request whose head did not end in time.
const REQUEST_TIMEOUT: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// One accepted connection: its socket and what is known of it. Shared between the task that drives
/// it, the socket adapter under hyper, and the bodies that it carries; all on one thread.
pub(crate) struct Connection {
    pub(super) activity: Activity,
    pub(super) gathering: Gathering,
    pub(super) owner: Rc<Connections>,
    /// Whether hyper waits for input; while it does not, the end of the peer is watched for beside it.
    pub(super) read_asked: Cell<bool>,
    /// Bytes that were read to tell the protocol, for hyper to read again.
    pub(super) early: Cell<Bytes>,
    /// Its places in the lists of its owner.
    pub(super) listed: Cell<Option<usize>>,
    pub(super) armed: Cell<Option<usize>>,
    remote: SocketAddr,
    outlet: Rc<Outlet<Tcp>>,
    waker: RefCell<Option<Waker>>,
    ended: Cell<Option<EndReason>>,
    draining: Cell<bool>,
    chatter: Cell<u32>,
    /// A stream that waits for hyper to be done with the head.
    handed_over: Cell<Option<Box<StreamBody>>>,
    _seat: Option<Seat>,
}

impl Connection {
    /// Takes an accepted socket.
    pub(super) fn new(
        stream: TcpStream,
        remote: SocketAddr,
        seat: Option<Seat>,
        owner: Rc<Connections>,
    ) -> Self {
        Self {
            activity: Activity::new(owner.now_ms()),
            gathering: Gathering::default(),
            owner,
            read_asked: Cell::new(false),
            early: Cell::new(Bytes::new()),
            listed: Cell::new(None),
            armed: Cell::new(None),
            remote,
            outlet: Rc::new(Outlet::new(Tcp(stream))),
            waker: RefCell::new(None),
            ended: Cell::new(None),
            draining: Cell::new(false),
            chatter: Cell::new(0),
            handed_over: Cell::new(None),
            _seat: seat,
        }
    }

    /// The address of the peer.
    pub(crate) fn remote(&self) -> SocketAddr {
        self.remote
    }

    /// The socket, and whether the kernel takes what is written to it.
    pub(super) fn outlet(&self) -> &Rc<Outlet<Tcp>> {
        &self.outlet
    }

    /// The socket; all its calls take `&self`.
    pub(super) fn stream(&self) -> &TcpStream {
        &self.outlet.wire().0
    }

    /// Ends it at once: its task is woken and drops it.
    pub(crate) fn end(&self, reason: EndReason) {
        if self.ended.get().is_some() {
            return;
        }
        self.ended.set(Some(reason));
        match reason {
            // Best effort: where the socket takes nothing, closing it has to do.
            EndReason::SlowHead => _ = self.stream().try_write(REQUEST_TIMEOUT),
            // The kernel would keep what is unsent for a peer that does not take it.
            EndReason::WriteStalled => {
                self.outlet.give_up();
                _ = self.stream().set_zero_linger();
            }
            _ => {}
        }
        self.wake();
    }

    /// Why it was ended, where it was.
    pub(crate) fn ended(&self) -> Option<EndReason> {
        self.ended.get()
    }

    /// Lets it finish what it is doing and then close.
    pub(crate) fn drain(&self) {
        self.draining.set(true);
        self.wake();
    }

    /// Whether it is to close after what it is doing.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.get()
    }

    /// Leaves a stream to whoever drives the connection.
    pub(super) fn hand_over(&self, body: Box<StreamBody>) {
        self.handed_over.set(Some(body));
    }

    /// Lets go of a stream that was left and not taken over.
    pub(super) fn abandon_handed_over(&self) {
        drop(self.handed_over.take());
    }

    /// The stream that was left, once the kernel has taken the head before it.
    pub(super) fn take_over(&self) -> Option<Box<StreamBody>> {
        if self.outlet.is_blocked() {
            return None;
        }
        self.handed_over.take()
    }

    /// Remembers who to wake when it is ended from outside.
    pub(super) fn remember(&self, waker: &Waker) {
        let mut kept = self.waker.borrow_mut();
        if !kept.as_ref().is_some_and(|kept| kept.will_wake(waker)) {
            *kept = Some(waker.clone());
        }
    }

    /// Notes that a request begins; the guard notes its end.
    pub(crate) fn request_begins(self: &Rc<Self>) -> RequestGuard {
        let since = self.owner.now_ms();
        self.activity.request_begins(since);
        self.owner.rearm(self);
        RequestGuard {
            connection: Rc::clone(self),
            body_since: Some(since),
        }
    }

    /// Notes that a stream begins whose client may take nothing for `write_timeout`; the guard notes its
    /// end, and keeps `seat` until then.
    pub(crate) fn stream_begins(
        self: &Rc<Self>,
        write_timeout: Duration,
        seat: Option<AddressSeat>,
    ) -> StreamGuard {
        let longest = self.activity.stream_begins(write_timeout);
        // Best effort: where the connection has ended, its stream ends as well.
        _ = socket2::SockRef::from(self.stream()).set_tcp_user_timeout(Some(longest));
        self.owner.rearm(self);
        StreamGuard {
            connection: Rc::clone(self),
            _seat: seat.map(Box::new),
        }
    }

    /// The kernel took nothing: the stream hands out nothing more until it does.
    pub(super) fn blocked(self: &Rc<Self>) {
        self.outlet.block();
        self.activity.blocked(self.owner.now_ms());
        self.owner.rearm(self);
    }

    /// The kernel took something of what the station writes by itself.
    pub(super) fn took(self: &Rc<Self>) {
        if self.activity.progressed() {
            self.owner.rearm(self);
        }
    }

    /// The kernel took something. Where it had been blocked, the task comes again, so that the body is
    /// asked for more.
    pub(super) fn progressed(self: &Rc<Self>, cx: &Context<'_>) {
        self.took();
        if self.outlet.unblock() {
            cx.waker().wake_by_ref();
        }
    }

    /// Bytes came.
    pub(super) fn read(&self) {
        self.activity.read(self.owner.now_ms());
    }

    /// Watches for the end of the peer while a stream is open and hyper does not: it stops reading
    /// once a client has sent something behind its request.
    pub(super) fn poll_gone(&self, cx: &mut Context<'_>) -> Poll<()> {
        while let Poll::Ready(ready) = self.stream().poll_read_ready(cx) {
            let read =
                ready.and_then(|()| self.owner.with_scratch(|buf| self.stream().try_read(buf)));
            match read {
                Ok(1..) if self.chatter_is_over(&read) => return Poll::Ready(()),
                // What was thrown away can be no request: nothing is served after this stream.
                Ok(1..) => self.drain(),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Ok(0) | Err(_) => return Poll::Ready(()),
            }
        }
        Poll::Pending
    }

    fn chatter_is_over(&self, read: &io::Result<usize>) -> bool {
        let more = read
            .as_ref()
            .map_or(0, |&n| u32::try_from(n).unwrap_or(u32::MAX));
        self.chatter.set(self.chatter.get().saturating_add(more));
        self.chatter.get() > IDLE_CHATTER_BYTES_MAX
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.borrow().as_ref() {
            waker.wake_by_ref();
        }
    }
}

/// A request that is not answered yet.
pub(crate) struct RequestGuard {
    connection: Rc<Connection>,
    /// Since when its body is read, where it has not ended.
    body_since: Option<u64>,
}

impl RequestGuard {
    /// The request was read as a whole: from now on the hub is to blame for what takes long.
    pub(crate) fn body_read(&mut self) {
        if let Some(since) = self.body_since.take() {
            self.connection.activity.body_ends(since);
            self.connection.owner.rearm(&self.connection);
        }
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        self.body_read();
        self.connection
            .activity
            .request_ends(self.connection.owner.now_ms());
        self.connection.owner.rearm(&self.connection);
    }
}

/// A stream that is open.
pub(crate) struct StreamGuard {
    connection: Rc<Connection>,
    /// Boxed: most streams have none, and there are many of them.
    _seat: Option<Box<AddressSeat>>,
}

impl Drop for StreamGuard {
    fn drop(&mut self) {
        self.connection
            .activity
            .stream_ends(self.connection.owner.now_ms());
        self.connection.owner.rearm(&self.connection);
    }
}
