//! What a selector means, compiled once.

use alloc::sync::Arc;

use crate::{Matcher, Selector};

/// A compiled selector.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Every topic.
    Any,
    /// This one topic.
    Exact(Arc<str>),
    /// Nothing: a language that the hub does not match itself.
    Never,
}

impl Pattern {
    /// Compiles `selector`. Never fails: an invalid template is a plain name (checklist item 25).
    #[must_use]
    pub fn compile(selector: &Selector) -> Self {
        match selector.matcher() {
            Matcher::Exact | Matcher::UriTemplate if selector.pattern() == "*" => Self::Any,
            Matcher::Exact | Matcher::UriTemplate => Self::Exact(selector.pattern().into()),
            Matcher::UrlPattern | Matcher::Custom(_) => Self::Never,
        }
    }

    /// Whether the pattern covers `topic`.
    #[must_use]
    pub fn matches(&self, topic: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(name) => **name == *topic,
            Self::Never => false,
        }
    }
}
