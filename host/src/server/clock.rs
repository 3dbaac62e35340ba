//! The coarse time of one shard.

use std::cell::Cell;
use std::time::Instant;

/// Milliseconds since the shard started, as of its last tick: deadlines need no better, and reading it
/// costs nothing.
#[derive(Debug)]
pub(crate) struct CoarseClock {
    start: Instant,
    now_ms: Cell<u64>,
}

impl CoarseClock {
    /// A clock at 0.
    pub(crate) fn start() -> Self {
        Self {
            start: Instant::now(),
            now_ms: Cell::new(0),
        }
    }

    /// The time of the last tick.
    pub(crate) fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    /// Reads the real time.
    pub(crate) fn tick(&self) -> u64 {
        let ms = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.now_ms.set(ms);
        ms
    }
}
