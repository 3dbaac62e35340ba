//! Reading the stream in whatever pieces the network cuts it.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;

use memchr::{memchr, memchr2};

use crate::{DecodeError, Limits, Message};

mod pending;

use pending::Pending;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Reads an event stream (WHATWG HTML, section 9.2.6): [`feed`](Self::feed) it what arrived, then take
/// the messages out, as from any iterator.
///
/// ```
/// let mut decoder = umbel_sse::Decoder::default();
/// decoder.feed(b"id: 7\nda")?;
/// decoder.feed(b"ta: hello\n\n: a heartbeat\n\n")?;
/// let message = decoder.next().expect("a whole block");
/// assert_eq!((&*message.last_event_id, message.data.as_str()), ("7", "hello"));
/// assert_eq!((decoder.next(), decoder.comments()), (None, 1));
/// # Ok::<(), umbel_sse::DecodeError>(())
/// ```
///
/// It holds at most one line, one event, and the messages of what was fed and not taken out yet, so a
/// caller who empties it after each piece bounds it by [`Limits`] and the size of a piece.
#[derive(Debug, Default)]
pub struct Decoder {
    limits: Limits,
    /// The first bytes of a line whose end has not come yet.
    line: Vec<u8>,
    /// The last byte was a CR: an LF that follows belongs to it (F3).
    after_cr: bool,
    /// No line has ended yet: a byte order mark may stand before the first one (F2).
    started: bool,
    pending: Pending,
    last_event_id: Arc<str>,
    reconnection_ms: Option<u64>,
    comments: u64,
    ready: VecDeque<Message>,
    failed: Option<DecodeError>,
}

impl Decoder {
    /// A decoder of a new stream that holds no more than `limits` allow.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            ..Self::default()
        }
    }

    /// Reads on. Messages that are whole by now can be taken out, also after an error.
    ///
    /// # Errors
    /// Where a line or an event is longer than the limits allow, then at every later call too.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let fed = self.lines(bytes);
        self.failed = fed.err();
        fed
    }

    /// The stream ended and another one will go on where it did: forgets the block that was cut off
    /// (F4), the failure if any, and keeps the last event id, the reconnection time and the messages not
    /// taken out. Like browsers, and unlike the letter of section 9.2.6, it keeps the id as well for events
    /// of the new stream that carry none.
    pub fn reconnect(&mut self) {
        self.line.clear();
        self.after_cr = false;
        self.started = false;
        self.pending = Pending::default();
        self.failed = None;
    }

    /// What a client gives back to resume: the id of the last whole block that had one, with data or
    /// without (F12, F13). Empty at first and after a reset (F11).
    #[must_use]
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// The reconnection time in milliseconds that the stream set last, if any (F14).
    #[must_use]
    pub fn reconnection_ms(&self) -> Option<u64> {
        self.reconnection_ms
    }

    /// How many comment lines came so far: heartbeats, mostly (F5).
    #[must_use]
    pub fn comments(&self) -> u64 {
        self.comments
    }

    /// Whether everything read so far were whole blocks: a stream that ends elsewhere was cut off (F4).
    #[must_use]
    pub fn is_between_blocks(&self) -> bool {
        self.line.is_empty() && !self.pending.is_open()
    }

    fn lines(&mut self, mut bytes: &[u8]) -> Result<(), DecodeError> {
        while !bytes.is_empty() {
            if mem::take(&mut self.after_cr) && bytes[0] == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let end = memchr2(b'\r', b'\n', bytes);
            let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            self.check_line(part.len())?;
            if end.is_none() {
                self.line.extend_from_slice(part);
                return Ok(());
            }
            self.after_cr = rest[0] == b'\r';
            bytes = &rest[1..];
            self.end_line(part)?;
        }
        Ok(())
    }

    fn check_line(&self, more: usize) -> Result<(), DecodeError> {
        let max = self.limits.line_bytes_max;
        if self.line.len() + more > max {
            Err(DecodeError::LineTooLong { max })
        } else {
            Ok(())
        }
    }

    fn end_line(&mut self, part: &[u8]) -> Result<(), DecodeError> {
        if self.line.is_empty() {
            return self.take_line(part);
        }
        let mut line = mem::take(&mut self.line);
        line.extend_from_slice(part);
        let taken = self.take_line(&line);
        line.clear();
        self.line = line;
        taken
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), DecodeError> {
        let first = !mem::replace(&mut self.started, true);
        let line = if first {
            line.strip_prefix(BOM).unwrap_or(line)
        } else {
            line
        };
        if line.is_empty() {
            self.dispatch();
            return Ok(());
        }
        let (field, value) = match memchr(b':', line) {
            Some(0) => {
                self.comments += 1;
                self.pending.open();
                return Ok(());
            }
            Some(at) => (
                &line[..at],
                line[at + 1..].strip_prefix(b" ").unwrap_or(&line[at + 1..]),
            ),
            None => (line, &b""[..]),
        };
        self.pending
            .take(field, value, self.limits.event_bytes_max)?;
        if field == b"retry" {
            self.reconnection_ms = self.pending.retry_ms().or(self.reconnection_ms);
        }
        Ok(())
    }

    /// A blank line. The id moves first, whether there is data or not (F9, F13).
    fn dispatch(&mut self) {
        let block = mem::take(&mut self.pending);
        if let Some(id) = block.id() {
            self.last_event_id = id.clone();
        }
        self.ready.extend(block.into_message(&self.last_event_id));
    }
}

impl Iterator for Decoder {
    type Item = Message;

    /// The next whole message, in the order of the stream. None until more is fed.
    fn next(&mut self) -> Option<Message> {
        self.ready.pop_front()
    }
}

#[cfg(test)]
mod tests;
