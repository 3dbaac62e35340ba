//! Bytes of one event on the stream, made once and shared by everyone who gets it.

use bytes::Bytes;
use umbel_event::{Event, EventId};

/// One encoded block of the stream: an event, a comment, a checkpoint. Held ready as one chunk of the
/// HTTP/1.1 chunked coding (RFC 9112, section 7.1), of which the bare block is a slice. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    chunk: Bytes,
    start: u8,
}

impl Frame {
    /// The frame of a published event: `id`, `event`, `retry`, then its payload as `data` lines.
    #[must_use]
    pub fn event(_event: &Event) -> Self {
        todo!()
    }

    /// A comment, which no application sees: a heartbeat.
    #[must_use]
    pub fn comment() -> Self {
        todo!()
    }

    /// An id without data: it moves the client's cursor and nothing else (F13).
    #[must_use]
    pub fn checkpoint(_id: &EventId) -> Self {
        todo!()
    }

    /// The reconnection time in milliseconds, alone (F14).
    #[must_use]
    pub fn retry(_ms: u32) -> Self {
        todo!()
    }

    /// An event of the hub's own, without an id: the cursor stays where it is.
    #[must_use]
    pub fn notice(_kind: &str, _json: &str) -> Self {
        todo!()
    }

    /// The block alone: whole lines, ending with a blank one.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.chunk
            .slice(usize::from(self.start)..self.chunk.len() - 2)
    }

    /// The block as one HTTP/1.1 chunk: size line, block, CRLF.
    #[must_use]
    pub fn chunk(&self) -> &Bytes {
        &self.chunk
    }

    /// Length of the bare block in bytes.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a frame is never empty")]
    pub fn len(&self) -> usize {
        self.chunk.len() - usize::from(self.start) - 2
    }
}
