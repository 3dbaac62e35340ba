//! The way of a stream over cleartext HTTP/1.1 once its head is out: straight to the socket.
//!
//! hyper writes the head and is let go; what it kept for the connection goes with it. Blocks come
//! framed as chunks, once for all who get them, so that a delivery is one write and nothing else.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};

use super::Connection;
use super::outgoing::StreamBody;

/// The end of a chunked body (RFC 9112, section 7.1).
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// A stream that is written to its socket directly.
pub(super) struct SocketPath {
    connection: Rc<Connection>,
    body: Box<StreamBody>,
    /// What the kernel has not taken yet.
    held: Bytes,
    /// Nothing follows what is held.
    ended: bool,
}

impl SocketPath {
    /// Takes over a connection whose head is out.
    pub(super) fn new(connection: Rc<Connection>, body: Box<StreamBody>) -> Self {
        Self {
            connection,
            body,
            held: Bytes::new(),
            ended: false,
        }
    }

    /// Writes until the stream ends, the peer goes, or the connection is ended from outside.
    pub(super) async fn run(mut self) {
        poll_fn(|cx| self.poll(cx)).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.connection.remember(cx.waker());
        if self.connection.ended().is_some() {
            return Poll::Ready(());
        }
        let mut wrote = false;
        loop {
            match self.poll_write(cx) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => break,
            }
            if self.ended {
                return Poll::Ready(());
            }
            if wrote && !self.body.has_more() {
                break;
            }
            match self.body.poll_bytes(cx) {
                Poll::Ready(Some(bytes)) => {
                    self.held = bytes;
                    wrote = true;
                }
                Poll::Ready(None) => {
                    self.held = Bytes::from_static(LAST_CHUNK);
                    self.ended = true;
                }
                Poll::Pending => break,
            }
        }
        self.connection.poll_gone(cx)
    }

    /// Done once the kernel has taken all that is held.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.held.is_empty() {
            match self.connection.stream.try_write(&self.held) {
                Ok(written) => {
                    self.held.advance(written);
                    self.connection.progressed(cx);
                }
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    if self.connection.stream.poll_write_ready(cx)?.is_pending() {
                        self.connection.blocked();
                        return Poll::Pending;
                    }
                }
                Err(e) => return Poll::Ready(Err(e)),
            }
        }
        Poll::Ready(Ok(()))
    }
}
