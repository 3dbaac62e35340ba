//! A connection as hyper reads and writes it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use hyper::rt::{Read, ReadBufCursor, Write};

use super::Connection;

/// A connection as hyper reads and writes it. Notes on the way what the deadlines need to know.
pub(super) struct Socket(pub(super) Rc<Connection>);

impl Socket {
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
        self.poll_put(cx, || self.0.stream().try_write(buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_put(cx, || self.0.stream().try_write_vectored(bufs))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let socket = socket2::SockRef::from(self.0.stream());
        Poll::Ready(socket.shutdown(std::net::Shutdown::Write))
    }
}
