//! All connections of one shard.

use std::cell::RefCell;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use slab::Slab;
use tokio::net::TcpStream;

use super::activity::{Deadlines, EndReason};
use super::clock::CoarseClock;
use super::lent::Lent;
use super::seat::Seat;
use super::{Connection, ConnectionLimits};
use crate::telemetry::ConnectionMetrics;

/// How often deadlines are looked at; no connection outlives one by more.
pub(crate) const TICK: Duration = umbel_hub::TURN;

/// Bytes read from a socket at once; one buffer serves all connections of a shard.
const SCRATCH_BYTES: usize = 16 << 10;

/// All connections of one shard, and apart from them those with a deadline: an open stream that keeps
/// up has none, so that the tick does not visit it.
pub(crate) struct Connections {
    limits: ConnectionLimits,
    deadlines: Deadlines,
    clock: CoarseClock,
    all: RefCell<Slab<Rc<Connection>>>,
    armed: RefCell<Slab<Rc<Connection>>>,
    /// Streams whose next piece hyper has not asked for.
    lent: RefCell<Vec<Rc<Lent>>>,
    scratch: RefCell<Box<[u8]>>,
    metrics: ConnectionMetrics,
}

impl Connections {
    /// None yet.
    pub(crate) fn new(limits: ConnectionLimits, metrics: ConnectionMetrics) -> Rc<Self> {
        Rc::new(Self {
            deadlines: Deadlines::of(&limits),
            limits,
            clock: CoarseClock::start(),
            all: RefCell::new(Slab::new()),
            armed: RefCell::new(Slab::new()),
            lent: RefCell::default(),
            scratch: RefCell::new(vec![0; SCRATCH_BYTES].into_boxed_slice()),
            metrics,
        })
    }

    /// Takes in an accepted socket.
    pub(super) fn admit(
        self: &Rc<Self>,
        stream: TcpStream,
        remote: SocketAddr,
        seat: Option<Seat>,
    ) -> Rc<Connection> {
        let connection = Connection::new(stream, remote, seat, Rc::clone(self));
        let connection = Rc::new(connection);
        self.metrics.open.inc();
        connection
            .listed
            .set(Some(self.all.borrow_mut().insert(Rc::clone(&connection))));
        self.rearm(&connection);
        connection
    }

    /// Forgets a connection. Nothing here holds it from now on, whatever still happens to it.
    pub(super) fn forget(&self, connection: &Connection) {
        if let Some(key) = connection.listed.take() {
            self.all.borrow_mut().remove(key);
            self.metrics.open.dec();
            self.metrics
                .ended(connection.ended().map_or("client", EndReason::name));
        }
        if let Some(key) = connection.armed.take() {
            self.armed.borrow_mut().remove(key);
        }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.all.borrow().len()
    }

    /// What they may.
    pub(crate) fn limits(&self) -> &ConnectionLimits {
        &self.limits
    }

    /// The time of the last tick.
    pub(super) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    /// Lends the buffer that sockets are read into.
    pub(super) fn with_scratch(
        &self,
        read: impl FnOnce(&mut [u8]) -> io::Result<usize>,
    ) -> io::Result<usize> {
        read(&mut self.scratch.borrow_mut())
    }

    /// Puts a connection on the list of those with a deadline, or takes it off.
    pub(super) fn rearm(&self, connection: &Rc<Connection>) {
        let wanted = connection.activity.has_deadline() && connection.listed.get().is_some();
        match connection.armed.get() {
            None if wanted => {
                let key = self.armed.borrow_mut().insert(Rc::clone(connection));
                connection.armed.set(Some(key));
            }
            Some(key) if !wanted => {
                connection.armed.set(None);
                self.armed.borrow_mut().remove(key);
            }
            _ => {}
        }
    }

    /// Has the tick look after a stream that hyper may not ask again.
    pub(super) fn watch(&self, lent: Rc<Lent>) {
        self.lent.borrow_mut().push(lent);
    }

    /// Ends every connection whose time has run out, and lets go of streams that have ended.
    pub(crate) fn tick(&self) {
        let now = self.clock.tick();
        let overdue = |(_, c): (usize, &Rc<Connection>)| {
            Some((Rc::clone(c), c.activity.overdue(now, &self.deadlines)?))
        };
        let overdue: Vec<_> = self.armed.borrow().iter().filter_map(overdue).collect();
        for (connection, reason) in overdue {
            connection.end(reason);
        }
        // Not borrowed meanwhile: what is let go of takes its connection off the lists.
        let mut lent = self.lent.take();
        lent.retain(|lent| lent.look(now));
        self.lent.borrow_mut().append(&mut lent);
    }

    /// Lets every connection finish what it is doing and then close.
    pub(crate) fn drain(&self) {
        self.each(|connection| connection.drain());
    }

    /// Ends every connection now.
    pub(crate) fn end_all(&self) {
        self.each(|connection| connection.end(EndReason::Shutdown));
    }

    fn each(&self, act: impl Fn(&Connection)) {
        let all: Vec<_> = self
            .all
            .borrow()
            .iter()
            .map(|(_, c)| Rc::clone(c))
            .collect();
        all.iter().for_each(|connection| act(connection));
    }
}
