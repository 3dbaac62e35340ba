//! What a client gives back to resume where it was.

use alloc::sync::Arc;

use crate::text::{TextError, check_text};

/// Asks for everything that the log still holds; no event may be named so (protocol item 30).
pub const EARLIEST: &str = "earliest";

/// A browser sends the id back in a header; past 128 bytes that would need a CORS preflight on every
/// reconnection, so ids of the hub's own are far shorter. Publishers may choose longer ones.
pub const ID_BYTES_MAX: usize = 255;

/// The `id` of an event on the stream. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventId(Arc<str>);

/// Why a text is no event id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EventIdError {
    /// It breaks the rule for names.
    #[error("not an event id: {0}")]
    Text(#[from] TextError),
    /// Ids that start with `#` are kept for the hub (protocol item 30).
    #[error("not an event id: it starts with \"#\"")]
    Fragment,
    /// `earliest` asks for the whole history and names no event.
    #[error("not an event id: \"earliest\" is reserved")]
    Earliest,
}

impl EventId {
    /// Takes `text` as an id.
    ///
    /// # Errors
    /// Where it is empty, longer than [`ID_BYTES_MAX`], holds a control or format character, starts
    /// with `#`, or is `earliest`.
    pub fn new(text: &str) -> Result<Self, EventIdError> {
        check_text(text, ID_BYTES_MAX)?;
        if text.starts_with('#') {
            return Err(EventIdError::Fragment);
        }
        if text == EARLIEST {
            return Err(EventIdError::Earliest);
        }
        Ok(Self(text.into()))
    }

    /// The id as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Display for EventId {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{EventId, EventIdError};

    #[test]
    fn reserved_ids_are_refused() {
        assert_eq!(EventId::new("earliest"), Err(EventIdError::Earliest));
        assert_eq!(EventId::new("#1"), Err(EventIdError::Fragment));
        assert!(EventId::new("1#").is_ok());
        assert!(EventId::new("a\0b").is_err());
    }
}
