//! What a component is for.

use core::fmt;

/// What a component is for: which part of the contract it is held to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComponentKind {
    /// Routes events and answers for full mailboxes.
    Policy,
    /// Has a say over what is published, over what each subscriber sees, or both.
    Filter,
}

impl ComponentKind {
    /// What such a component exports, in words for its author.
    pub(crate) const fn contract(self) -> &'static str {
        match self {
            Self::Policy => "a policy exports the world `umbel:hub/dispatcher@0.1.0`",
            Self::Filter => {
                "a filter exports `umbel:hub/admission@0.1.0`, `umbel:hub/views@0.1.0`, or both"
            }
        }
    }
}

impl fmt::Display for ComponentKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Policy => "policy",
            Self::Filter => "filter",
        })
    }
}
