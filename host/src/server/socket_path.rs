//! The way of a stream over cleartext HTTP/1.1 once its head is out: straight to the socket.
//!
//! hyper writes the head and is let go; what it kept for the connection goes with it. The station writes
//! to the socket by itself, blocks framed as chunks once for all who get them, so that a delivery is one
//! write and nothing else. What stays here watches the connection: for its end, and for room in a socket
//! that was full.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::Connection;
use super::outgoing::StreamBody;

/// A stream that is written to its socket directly.
pub(super) struct SocketPath {
    connection: Rc<Connection>,
    body: Box<StreamBody>,
}

impl SocketPath {
    /// Takes over a connection whose head is out.
    pub(super) fn new(connection: Rc<Connection>, body: Box<StreamBody>) -> Self {
        connection.outlet().open();
        Self { connection, body }
    }

    /// Watches until the stream has ended, the peer goes, or the connection is ended from outside.
    pub(super) async fn run(mut self) {
        poll_fn(|cx| self.poll(cx)).await;
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.connection.remember(cx.waker());
        if self.connection.ended().is_some() || self.poll_write(cx).is_ready() {
            return Poll::Ready(());
        }
        self.connection.poll_gone(cx)
    }

    /// Ready once nothing more is to be written, or can be.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let connection = &self.connection;
        let outlet = connection.outlet();
        loop {
            let taken = outlet.taken();
            if self.body.poll_write(cx).is_ready() {
                return Poll::Ready(());
            }
            if outlet.taken() != taken {
                connection.took();
            }
            if !outlet.is_blocked() {
                return Poll::Pending;
            }
            match connection.stream().poll_write_ready(cx) {
                Poll::Ready(Ok(())) => _ = outlet.unblock(),
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => {
                    connection.blocked();
                    return Poll::Pending;
                }
            }
        }
    }
}
