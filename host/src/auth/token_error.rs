//! Why a token does not count.

use umbel_selector::SelectorError;

/// Why a token does not count. Its `Display` is for the log; a client is told [`Self::CLIENT_TEXT`]
/// alone, never which check failed (protocol item 42).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// More bytes than a token may have.
    #[error("a token of {len} bytes; the limit is {max}")]
    TooLong {
        /// Bytes of it.
        len: usize,
        /// The limit.
        max: usize,
    },
    /// Not three parts of base64 with JSON in them.
    #[error("malformed: {0}")]
    Malformed(String),
    /// An algorithm that no issuer uses for this role.
    #[error("no issuer for the role \"{role}\" signs with {algorithm}")]
    NoKey {
        /// The role.
        role: &'static str,
        /// The algorithm.
        algorithm: &'static str,
    },
    /// No key fits the signature.
    #[error("the signature fits no key")]
    Signature,
    /// A header parameter that must be understood (RFC 7515, section 4.1.11).
    #[error("the header has critical parameters")]
    Critical,
    /// Past its `exp`.
    #[error("expired {ago_s} s ago")]
    Expired {
        /// Seconds.
        ago_s: u64,
    },
    /// Before its `nbf`.
    #[error("not valid before {in_s} s from now")]
    TooEarly {
        /// Seconds.
        in_s: u64,
    },
    /// More selectors than a token may have.
    #[error("{count} selectors; the limit is {max}")]
    TooManySelectors {
        /// How many.
        count: usize,
        /// The limit.
        max: usize,
    },
    /// A selector that is none.
    #[error(transparent)]
    Selector(#[from] SelectorError),
}

impl TokenError {
    /// What a client is told.
    pub const CLIENT_TEXT: &'static str = "invalid token";
}
