//! A socket that one stream has to itself.

use std::cell::Cell;
use std::io::{self, IoSlice};

use bytes::{Buf, Bytes};

/// Buffers of one vectored write.
pub(crate) const BUFFERS_MAX: usize = 16;

/// What an outlet writes to. Nothing here waits: `WouldBlock` says that the kernel takes nothing now.
pub trait Wire {
    /// Offers bytes; answers how many were taken.
    ///
    /// # Errors
    /// `WouldBlock` where none were; anything else ends the stream.
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Offers several buffers at once, in their order; answers how many bytes were taken.
    ///
    /// # Errors
    /// As [`Self::try_write`].
    fn try_write_vectored(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize>;
}

/// A socket that one stream has to itself: shared between whoever watches the connection and the
/// station, which writes to it once it is [`Self::open`]. While the kernel takes nothing more, the
/// station leaves what waits in the bounded mailbox.
// What a delivery touches lies in one cache line.
#[repr(C, align(64))]
pub struct Outlet<W: ?Sized = dyn Wire> {
    open: Cell<bool>,
    blocked: Cell<bool>,
    failed: Cell<bool>,
    given_up: Cell<bool>,
    /// Bytes that the kernel ever took of what the station wrote.
    taken: Cell<u64>,
    /// The rest of a write that the kernel took a part of; most never have one.
    held: Cell<Option<Box<Bytes>>>,
    wire: W,
}

/// What became of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) enum Written {
    /// The kernel took everything.
    All,
    /// The kernel takes no more for now; what it did not take is held.
    Blocked,
    /// The connection is of no use any more.
    Failed,
}

impl<W: Wire> Outlet<W> {
    /// An outlet that nothing is written to yet.
    pub fn new(wire: W) -> Self {
        Self {
            open: Cell::default(),
            blocked: Cell::default(),
            failed: Cell::default(),
            given_up: Cell::default(),
            taken: Cell::default(),
            held: Cell::default(),
            wire,
        }
    }

    /// The socket.
    pub fn wire(&self) -> &W {
        &self.wire
    }
}

impl<W: Wire + ?Sized> Outlet<W> {
    /// Whoever wrote to the socket before is done: from now on the station writes to it by itself.
    pub fn open(&self) {
        self.open.set(true);
    }

    /// The kernel did not take what was offered.
    pub fn block(&self) {
        self.blocked.set(true);
    }

    /// The kernel takes something again. Answers whether it had been blocked: then the owner polls the
    /// stream again.
    pub fn unblock(&self) -> bool {
        self.blocked.replace(false)
    }

    /// The connection is given up because the kernel took nothing for the write timeout.
    pub fn give_up(&self) {
        self.given_up.set(true);
    }

    /// Whether the connection was given up.
    pub fn is_given_up(&self) -> bool {
        self.given_up.get()
    }

    /// Whether the kernel takes nothing at the moment.
    pub fn is_blocked(&self) -> bool {
        self.blocked.get()
    }

    /// Bytes that the kernel ever took of what the station wrote: whether it takes anything at all.
    pub fn taken(&self) -> u64 {
        self.taken.get()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.open.get()
    }

    /// Writes `bytes`, or as much as the kernel takes; `rest` makes what is held of it, from a place on.
    pub(crate) fn write(&self, bytes: &[u8], rest: impl FnOnce(usize) -> Bytes) -> Written {
        let (taken, written) = self.push(bytes);
        if written == Written::Blocked {
            self.held.set(Some(Box::new(rest(taken))));
        }
        written
    }

    /// Writes several pieces without copying them together. Answers how many are done with: taken, or
    /// held; the others were not touched.
    pub(crate) fn write_many(&self, pieces: &[Bytes]) -> (usize, Written) {
        let mut done = 0;
        let mut offset = 0;
        while done < pieces.len() {
            let mut buffers = [IoSlice::new(&[]); BUFFERS_MAX];
            let slices = pieces[done..].iter().zip(&mut buffers);
            let count = slices
                .enumerate()
                .map(|(i, (piece, buffer))| {
                    *buffer = IoSlice::new(&piece[if i == 0 { offset } else { 0 }..]);
                })
                .count();
            match self.take(self.wire.try_write_vectored(&buffers[..count])) {
                Ok(mut taken) => {
                    while done < pieces.len() && taken >= pieces[done].len() - offset {
                        taken -= pieces[done].len() - offset;
                        offset = 0;
                        done += 1;
                    }
                    offset += taken;
                }
                Err(Written::Blocked) if offset > 0 => {
                    self.held.set(Some(Box::new(pieces[done].slice(offset..))));
                    return (done + 1, Written::Blocked);
                }
                Err(written) => return (done, written),
            }
        }
        (done, Written::All)
    }

    /// Writes what is held.
    pub(crate) fn flush(&self) -> Written {
        if self.failed.get() {
            return Written::Failed;
        }
        if self.blocked.get() {
            return Written::Blocked;
        }
        let Some(mut held) = self.held.take() else {
            return Written::All;
        };
        let (taken, written) = self.push(&held);
        if written == Written::Blocked {
            held.advance(taken);
            self.held.set(Some(held));
        }
        written
    }

    fn push(&self, bytes: &[u8]) -> (usize, Written) {
        let mut at = 0;
        while at < bytes.len() {
            match self.take(self.wire.try_write(&bytes[at..])) {
                Ok(taken) => at += taken,
                Err(written) => return (at, written),
            }
        }
        (at, Written::All)
    }

    /// Notes what the kernel said.
    fn take(&self, result: io::Result<usize>) -> Result<usize, Written> {
        match result {
            Ok(taken @ 1..) => {
                self.taken.set(self.taken.get() + taken as u64);
                Ok(taken)
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Ok(0),
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                self.blocked.set(true);
                Err(Written::Blocked)
            }
            Ok(_) | Err(_) => {
                self.failed.set(true);
                Err(Written::Failed)
            }
        }
    }
}
