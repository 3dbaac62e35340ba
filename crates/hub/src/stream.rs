//! What one subscriber is sent.

use std::task::{Context, Poll};

use bytes::Bytes;

/// What one subscriber is sent. Dropping it is how the hub learns that the client has gone: nothing
/// else keeps the subscriber alive.
pub struct Stream {}

impl Stream {
    /// The next bytes to write, or `None` once the stream has ended cleanly.
    pub fn poll_chunk(&mut self, _cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        todo!()
    }
}
