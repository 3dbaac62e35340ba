//! The type of an event on the stream.

use alloc::sync::Arc;

use crate::text::{TextError, check_text};

/// Longest kind in bytes.
pub const KIND_BYTES_MAX: usize = 255;

/// Kinds of the hub's own, such as `umbel.gap`, start so; publishers may not use them.
pub const RESERVED_KIND_PREFIX: &str = "umbel.";

/// What goes out as the SSE `event` field. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kind(Arc<str>);

/// Why a text is no kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KindError {
    /// It breaks the rule for names.
    #[error("not an event type: {0}")]
    Text(#[from] TextError),
    /// It is the hub's.
    #[error("not an event type: names that start with \"umbel.\" are the hub's own")]
    Reserved,
}

impl Kind {
    /// Takes `text` as the kind of a published event.
    ///
    /// # Errors
    /// Where it is empty, longer than [`KIND_BYTES_MAX`], holds a control or format character, or
    /// starts with [`RESERVED_KIND_PREFIX`].
    pub fn new(text: &str) -> Result<Self, KindError> {
        check_text(text, KIND_BYTES_MAX)?;
        if text.starts_with(RESERVED_KIND_PREFIX) {
            return Err(KindError::Reserved);
        }
        Ok(Self(text.into()))
    }

    /// The kind as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, KindError};

    #[test]
    fn the_hubs_own_kinds_cannot_be_published() {
        assert_eq!(Kind::new("umbel.gap"), Err(KindError::Reserved));
        assert!(Kind::new("umbel").is_ok());
        assert!(Kind::new("a\rb").is_err());
    }
}
