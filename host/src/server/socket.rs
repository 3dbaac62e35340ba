//! A connection as hyper reads and writes it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use hyper::rt::{Read, ReadBufCursor, Write};

use super::Connection;

/// A connection as hyper reads and writes it. Notes on the way what the deadlines need to know, and
/// holds answers back that [`Self::poll_gathered`] writes.
pub(super) struct Socket(pub(super) Rc<Connection>);

impl Socket {
    /// Writes the answers that were held back; ready once all are written. To be called once hyper has
    /// had its turn: it may wait for one answer while it holds others.
    pub(super) fn poll_gathered(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let put = |held: &[u8]| self.poll_put(cx, || self.0.stream().try_write(held));
        self.0.gathering.poll_flush(put)
    }

    /// Whether `bytes` were held back. Those of streams are not: they have a mailbox to wait in.
    fn holds(&self, bytes: &[u8]) -> bool {
        self.0.activity.answers_in_turn() && self.0.gathering.hold(bytes)
    }

    fn poll_put(
        &self,
        cx: &mut Context<'_>,
        put: impl Fn() -> io::Result<usize>,
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.0.stream().poll_write_ready(cx) {
                Poll::Ready(ready) => ready?,
                Poll::Pending => {
                    self.0.blocked();
                    return Poll::Pending;
                }
            }
            match put() {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Ok(n) => {
                    self.0.progressed(cx);
                    return Poll::Ready(Ok(n));
                }
                Err(e) => return Poll::Ready(Err(e)),
            }
        }
    }

    /// Hands out what was read to tell the protocol.
    fn take_early(&self, buf: &mut ReadBufCursor<'_>) -> bool {
        let mut early = self.0.early.take();
        let n = early.len().min(buf.remaining());
        buf.put_slice(&early[..n]);
        early.advance(n);
        self.0.early.set(early);
        n > 0
    }
}

impl Read for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        mut buf: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        // hyper has answered all that it had read: nothing more joins what is held.
        if let Poll::Ready(written) = self.poll_gathered(cx) {
            written?;
        }
        let connection = &self.0;
        if self.take_early(&mut buf) {
            return Poll::Ready(Ok(()));
        }
        loop {
            // Only while hyper waits for input does it hear of the peer's end.
            let ready = connection.stream().poll_read_ready(cx);
            connection.read_asked.set(ready.is_pending());
            ready!(ready)?;
            let read = connection.owner.with_scratch(|scratch| {
                let max = scratch.len().min(buf.remaining());
                let n = connection.stream().try_read(&mut scratch[..max])?;
                buf.put_slice(&scratch[..n]);
                Ok(n)
            });
            match read {
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
                Ok(0) => return Poll::Ready(Ok(())),
                Ok(_) => {
                    connection.read();
                    return Poll::Ready(Ok(()));
                }
                Err(e) => return Poll::Ready(Err(e)),
            }
        }
    }
}

impl Write for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.holds(buf) {
            return Poll::Ready(Ok(buf.len()));
        }
        ready!(self.poll_gathered(cx))?;
        self.poll_put(cx, || self.0.stream().try_write(buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let held = bufs.iter().take_while(|buf| self.holds(buf));
        let held: usize = held.map(|buf| buf.len()).sum();
        if held > 0 {
            return Poll::Ready(Ok(held));
        }
        ready!(self.poll_gathered(cx))?;
        match bufs {
            // The kernel takes one piece with less ado than a list of one.
            [buf] => self.poll_put(cx, || self.0.stream().try_write(buf)),
            _ => self.poll_put(cx, || self.0.stream().try_write_vectored(bufs)),
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_gathered(cx))?;
        let socket = socket2::SockRef::from(self.0.stream());
        Poll::Ready(socket.shutdown(std::net::Shutdown::Write))
    }
}
