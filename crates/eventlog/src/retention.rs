//! How much of its past a log keeps.

/// How much of its past a log keeps. The oldest events go first; an event goes as soon as one of the
/// bounds no longer covers it, unless a reader still has to come past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events.
    pub events_max: u64,
    /// Bytes, counted with [`umbel_event::Event::cost`].
    pub bytes_max: u64,
    /// Milliseconds since the hub accepted an event. One that is exactly so old stays.
    pub age_max_ms: u64,
}

impl Retention {
    /// Keeps everything.
    pub const UNBOUNDED: Self = Self {
        events_max: u64::MAX,
        bytes_max: u64::MAX,
        age_max_ms: u64::MAX,
    };

    /// Whether the oldest of `events` events with `bytes` bytes, accepted at `accepted_ms`, has to go.
    #[must_use]
    pub fn drops(&self, events: u64, bytes: u64, accepted_ms: u64, now_ms: u64) -> bool {
        events > self.events_max
            || bytes > self.bytes_max
            || now_ms.saturating_sub(accepted_ms) > self.age_max_ms
    }
}
