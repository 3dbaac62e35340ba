//! The block that is being read.

use std::borrow::Cow;
use std::sync::Arc;

use crate::{DEFAULT_KIND, DecodeError, Message};

/// The buffers of section 9.2.6, and whether any line of the block has come.
#[derive(Debug, Default)]
pub(super) struct Pending {
    open: bool,
    id: Option<Arc<str>>,
    kind: Vec<u8>,
    /// Each line followed by LF; empty means that there was no `data` line.
    data: Vec<u8>,
    retry_ms: Option<u64>,
}

impl Pending {
    /// Notes that a line of the block has come.
    pub(super) fn open(&mut self) {
        self.open = true;
    }

    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    pub(super) fn id(&self) -> Option<&Arc<str>> {
        self.id.as_ref()
    }

    pub(super) fn retry_ms(&self) -> Option<u64> {
        self.retry_ms
    }

    /// Takes one field in. Names are case-sensitive and unknown ones mean nothing (F16); of each but
    /// `data` the last one wins (F17).
    pub(super) fn take(
        &mut self,
        field: &[u8],
        value: &[u8],
        bytes_max: usize,
    ) -> Result<(), DecodeError> {
        self.open = true;
        match field {
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"event" => {
                self.kind.clear();
                self.kind.extend_from_slice(value);
            }
            b"id" if !value.contains(&0) => self.id = Some(String::from_utf8_lossy(value).into()),
            b"retry" => self.retry_ms = milliseconds(value).or(self.retry_ms),
            _ => {}
        }
        if self.len() > bytes_max {
            return Err(DecodeError::EventTooLong { max: bytes_max });
        }
        Ok(())
    }

    /// The message that the block makes; none without a `data` line (F9).
    pub(super) fn into_message(mut self, last_event_id: &Arc<str>) -> Option<Message> {
        self.data.pop()?;
        let kind = match &*self.kind {
            b"" => Cow::Borrowed(DEFAULT_KIND),
            kind => Cow::Owned(String::from_utf8_lossy(kind).into_owned()),
        };
        Some(Message {
            id: self.id,
            last_event_id: last_event_id.clone(),
            kind,
            data: into_text(self.data),
            retry_ms: self.retry_ms,
        })
    }

    fn len(&self) -> usize {
        self.data.len() + self.kind.len() + self.id.as_ref().map_or(0, |id| id.len())
    }
}

/// ASCII digits alone, base ten (F14). More than fit are as long as can be said.
fn milliseconds(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(value.iter().fold(0_u64, |ms, digit| {
        ms.saturating_mul(10)
            .saturating_add(u64::from(digit - b'0'))
    }))
}

/// Line by line or as a whole, the replacement of broken UTF-8 is the same: no line end is part of a
/// longer sequence.
fn into_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
