//! What a subscriber is told where it missed something.

use umbel_sse::Frame;

/// Kind of the event that tells a subscriber so.
pub(crate) const GAP_KIND: &str = "umbel.gap";

/// Why something was missed: a closed set, used as a metric label and in the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum GapCause {
    /// Dropped by a verdict on a full mailbox.
    Dropped,
    /// Withheld because the policy failed on it.
    Withheld,
    /// The log no longer held it.
    Expired,
    /// The client named an event that the log does not know.
    UnknownId,
}

impl GapCause {
    pub(crate) const ALL: [Self; 4] = [
        Self::Dropped,
        Self::Withheld,
        Self::Expired,
        Self::UnknownId,
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Withheld => "withheld",
            Self::Expired => "expired",
            Self::UnknownId => "unknown-id",
        }
    }
}

/// The one pending gap of a mailbox: what was missed since the last one was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    cause: GapCause,
    mixed: bool,
    /// How many events; none where that is not known.
    count: Option<u64>,
}

impl Gap {
    pub(crate) fn new(cause: GapCause, count: Option<u64>) -> Self {
        Self {
            cause,
            mixed: false,
            count,
        }
    }

    /// What made it first.
    pub(crate) fn cause(self) -> GapCause {
        self.cause
    }

    /// This gap and one more, told as one.
    pub(crate) fn merge(self, other: Self) -> Self {
        Self {
            cause: self.cause,
            mixed: self.mixed || other.mixed || self.cause != other.cause,
            count: self
                .count
                .zip(other.count)
                .map(|(a, b)| a.saturating_add(b)),
        }
    }

    /// The event that tells it: `{"cause": ..., "count": ...}`, the count left out where unknown.
    pub(crate) fn frame(self) -> Frame {
        let cause = if self.mixed {
            "mixed"
        } else {
            self.cause.name()
        };
        let json = match self.count {
            Some(count) => format!("{{\"cause\":\"{cause}\",\"count\":{count}}}"),
            None => format!("{{\"cause\":\"{cause}\"}}"),
        };
        Frame::notice(GAP_KIND, &json)
    }
}
