//! A socket in memory.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, IoSlice};

use umbel_hub::Wire;

/// A socket in memory: it takes all that it is offered, or one byte of every other offer.
pub(crate) struct Pipe {
    taken: RefCell<Vec<u8>>,
    byte_by_byte: bool,
    takes_now: Cell<bool>,
}

impl Pipe {
    pub(crate) fn new(byte_by_byte: bool) -> Self {
        Self {
            taken: RefCell::default(),
            byte_by_byte,
            takes_now: Cell::new(true),
        }
    }

    /// Everything that it took since the last time.
    pub(crate) fn drain(&self) -> Vec<u8> {
        self.taken.take()
    }
}

impl Wire for Pipe {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.try_write_vectored(&[IoSlice::new(bytes)])
    }

    fn try_write_vectored(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.byte_by_byte && !self.takes_now.replace(!self.takes_now.get()) {
            return Err(ErrorKind::WouldBlock.into());
        }
        let all = buffers.iter().flat_map(|buffer| buffer.iter().copied());
        let most = if self.byte_by_byte { 1 } else { usize::MAX };
        let mut taken = self.taken.borrow_mut();
        let before = taken.len();
        taken.extend(all.take(most));
        Ok(taken.len() - before)
    }
}
