//! Why somebody is turned away.

/// Why a subscriber or a publication is turned away.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The policy does not let the subscriber in.
    #[error("{reason}")]
    ByPolicy {
        /// The policy's words.
        reason: String,
        /// Milliseconds after which it may try again; none: never.
        retry_ms: Option<u32>,
    },
    /// There are as many subscribers as may be.
    #[error("too many subscribers")]
    Full,
    /// The policy has failed on this, or has no instance just now.
    #[error("the policy is not to be had just now")]
    Unavailable,
}
