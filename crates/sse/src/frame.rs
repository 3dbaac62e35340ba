//! Bytes of one event on the stream, made once and shared by everyone who gets it.

use bytes::Bytes;
use umbel_event::{Event, EventId, Kind};

use crate::block::Block;

/// One encoded block of the stream: an event, a comment, a checkpoint. Held ready as one chunk of the
/// HTTP/1.1 chunked coding (RFC 9112, section 7.1), of which the bare block is a slice. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    chunk: Bytes,
    /// Length of the size line, CRLF included.
    start: u8,
}

impl Frame {
    /// The frame of a published event: `id`, `event`, `retry`, then its payload as `data` lines. CR,
    /// LF and CRLF each end a line of the payload and reach the client as LF (F3, F8).
    #[must_use]
    pub fn event(event: &Event) -> Self {
        Self::of(&Block {
            id: Some(event.id.as_str()),
            kind: event.kind.as_ref().map(Kind::as_str),
            retry_ms: event.retry_ms,
            data: Some(&event.data),
        })
    }

    /// A comment, which no application sees: a heartbeat (F5). Always the same bytes, not copied.
    #[must_use]
    pub const fn comment() -> Self {
        Self {
            chunk: Bytes::from_static(b"3\r\n:\n\n\r\n"),
            start: 3,
        }
    }

    /// An id without data: it moves the client's cursor and nothing else (F13).
    #[must_use]
    pub fn checkpoint(id: &EventId) -> Self {
        Self::of(&Block {
            id: Some(id.as_str()),
            ..Block::default()
        })
    }

    /// The reconnection time in milliseconds, alone (F14).
    #[must_use]
    pub fn retry(ms: u32) -> Self {
        Self::of(&Block {
            retry_ms: Some(ms),
            ..Block::default()
        })
    }

    /// An event of the hub's own, without an id: the cursor stays where it is (F12). Of `kind` only
    /// what stands before a line end is sent.
    #[must_use]
    pub fn notice(kind: &str, json: &str) -> Self {
        let data = Some(json.as_bytes());
        Self::of(&Block {
            kind: Some(kind),
            data,
            ..Block::default()
        })
    }

    /// The block alone: whole lines, ending with a blank one.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.chunk
            .slice(usize::from(self.start)..self.chunk.len() - 2)
    }

    /// As [`Self::bytes`], borrowed.
    #[must_use]
    pub fn block(&self) -> &[u8] {
        &self.chunk[usize::from(self.start)..self.chunk.len() - 2]
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

    fn of(block: &Block<'_>) -> Self {
        let (chunk, start) = block.chunk();
        Self { chunk, start }
    }
}

#[cfg(test)]
mod tests;
