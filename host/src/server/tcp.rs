//! A TCP socket as a station writes to it.

use std::io::{self, IoSlice};

use rustix::io::Errno;
use rustix::net::{SendFlags, send};
use tokio::net::TcpStream;
use umbel_hub::Wire;

/// A TCP socket as a station writes to it: the kernel is asked first, and what tokio knows of the
/// socket only where the kernel takes nothing.
pub(super) struct Tcp(pub(super) TcpStream);

impl Wire for Tcp {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match send(&self.0, bytes, SendFlags::NOSIGNAL | SendFlags::DONTWAIT) {
            // tokio has to see it too, or it would not tell when there is room again.
            Err(Errno::WOULDBLOCK) => self.0.try_write(bytes),
            result => Ok(result?),
        }
    }

    fn try_write_vectored(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(buffers)
    }
}
