//! How much a reader keeps of a stream that it does not trust.

/// Bounds on what a decoder holds. A stream that passes one is at fault: the decoder stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one line, its end not counted.
    pub line_bytes_max: usize,
    /// Bytes of one event: its data with an LF per line, its kind and its id.
    pub event_bytes_max: usize,
}

/// Why a stream cannot be read any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A line without end.
    #[error("a line of the stream has more than {max} bytes")]
    LineTooLong {
        /// How many it may have.
        max: usize,
    },
    /// An event without end.
    #[error("an event of the stream has more than {max} bytes")]
    EventTooLong {
        /// How many it may have.
        max: usize,
    },
}

impl Limits {
    /// What a reader that knows nothing of its hub allows: 16 MiB for a line and for an event.
    pub const DEFAULT: Self = Self {
        line_bytes_max: 16 << 20,
        event_bytes_max: 16 << 20,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
