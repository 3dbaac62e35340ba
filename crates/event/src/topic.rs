//! What an event is about.

use alloc::sync::Arc;

use crate::text::{TextError, check_text};

/// The selector that matches every topic; no topic may be spelled like it (protocol item 27).
pub const ANY: &str = "*";

/// What an event is about: usually an IRI, though any name will do. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Topic(Arc<str>);

/// Why a text is no topic.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TopicError {
    /// It breaks the rule for names.
    #[error("not a topic: {0}")]
    Text(#[from] TextError),
    /// `*` is the selector for everything and cannot be published to.
    #[error("not a topic: \"*\" selects all topics and is none itself")]
    Any,
}

impl Topic {
    /// Takes `text` as a topic of at most `bytes_max` bytes.
    ///
    /// # Errors
    /// Where it is empty, too long, holds a control or format character, or is `*`.
    pub fn new(text: &str, bytes_max: usize) -> Result<Self, TopicError> {
        check_text(text, bytes_max)?;
        if text == ANY {
            return Err(TopicError::Any);
        }
        Ok(Self(text.into()))
    }

    /// The topic as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Display for Topic {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Topic, TopicError};

    #[test]
    fn the_star_is_no_topic() {
        assert_eq!(Topic::new("*", 10), Err(TopicError::Any));
        assert!(Topic::new("**", 10).is_ok());
    }
}
