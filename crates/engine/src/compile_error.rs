//! Why a component was not compiled, and whose fault that is.

use std::time::Duration;

use umbel_routing::Blame;

/// Why a component was not compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// It is damaged, or needs a feature that is off.
    #[error("{0}")]
    Refused(String),
    /// It was stopped.
    #[error("compiling it takes longer than {allowed:?}")]
    TooSlow {
        /// How long it may take.
        allowed: Duration,
    },
    /// The compiler needs more memory than it may have.
    #[error("compiling it takes more than {max} bytes of memory")]
    TooMuchMemory {
        /// How much it may have.
        max: u64,
    },
    /// The code has more bytes than allowed.
    #[error("its compiled code has more than {max} bytes")]
    TooMuchCode {
        /// How many it may have.
        max: usize,
    },
    /// Too many components wait to be compiled.
    #[error("{waiting} other components wait to be compiled; try again later")]
    Busy {
        /// How many.
        waiting: usize,
    },
    /// The compiler could not be started, or ended as no component should be able to end it.
    #[error("the compiler failed: {0}")]
    Host(String),
}

impl CompileError {
    /// Whose failure it is.
    #[must_use]
    pub const fn blame(&self) -> Blame {
        match self {
            Self::Refused(_)
            | Self::TooSlow { .. }
            | Self::TooMuchMemory { .. }
            | Self::TooMuchCode { .. } => Blame::Component,
            Self::Busy { .. } | Self::Host(_) => Blame::Host,
        }
    }
}
