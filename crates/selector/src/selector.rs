//! A pattern over topics in a named matching language, as written.

use alloc::boxed::Box;
use alloc::sync::Arc;

/// The language that a selector is written in.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Matcher {
    /// Byte for byte.
    Exact,
    /// Mercure draft 7, "Topic selectors": `*`, equality, or an RFC 6570 template.
    UriTemplate,
    /// WHATWG URL pattern (Mercure draft 8).
    UrlPattern,
    /// A language that a component declares; the hub itself matches nothing with it.
    Custom(Box<str>),
}

/// A pattern over topics in a named matching language. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    matcher: Matcher,
    pattern: Arc<str>,
}

/// Why a text is no selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// Nothing at all.
    #[error("a selector may not be empty")]
    Empty,
    /// More bytes than allowed.
    #[error("a selector of {len} bytes; the limit is {max}")]
    TooLong {
        /// How many bytes it has.
        len: usize,
        /// How many it may have.
        max: usize,
    },
    /// A control character, which no topic can hold.
    #[error("a selector may not hold the character U+{:04X}", *.0 as u32)]
    Forbidden(char),
}

impl Matcher {
    /// The name that the contract and the protocol use.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Exact => "exact",
            Self::UriTemplate => "uri-template",
            Self::UrlPattern => "url-pattern",
            Self::Custom(name) => name,
        }
    }

    /// The language of that name; an unknown one is a component's.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "exact" => Self::Exact,
            "uri-template" => Self::UriTemplate,
            "url-pattern" => Self::UrlPattern,
            other => Self::Custom(other.into()),
        }
    }
}

impl Selector {
    /// Takes `pattern`, of at most `bytes_max` bytes, as a selector in the language `matcher`.
    ///
    /// # Errors
    /// Where it is empty, too long, or holds a control character.
    pub fn new(matcher: Matcher, pattern: &str, bytes_max: usize) -> Result<Self, SelectorError> {
        if pattern.is_empty() {
            return Err(SelectorError::Empty);
        }
        if pattern.len() > bytes_max {
            return Err(SelectorError::TooLong {
                len: pattern.len(),
                max: bytes_max,
            });
        }
        if let Some(c) = pattern.chars().find(|c| c.is_control()) {
            return Err(SelectorError::Forbidden(c));
        }
        Ok(Self {
            matcher,
            pattern: pattern.into(),
        })
    }

    /// Takes what the host has checked already and hands across the component boundary.
    #[must_use]
    pub fn trusted(matcher: Matcher, pattern: &str) -> Self {
        Self {
            matcher,
            pattern: pattern.into(),
        }
    }

    /// The language.
    #[must_use]
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// The pattern as written.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }
}
