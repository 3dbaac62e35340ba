//! What a tenant's log and one of its stations know of each other across threads.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Notify;
use umbel_event::Offset;

/// Stands for "no subscribers, no cursor".
const NOT_FOLLOWING: u64 = u64::MAX;

/// What a tenant's log and one of its stations know of each other across threads: where the station
/// stands, and that there is something to do.
#[derive(Debug)]
pub(crate) struct Link {
    /// Wakes the station. A permit is kept, so that no call is lost.
    pub(crate) wake: Notify,
    cursor: AtomicU64,
    /// Bytes ever appended up to the cursor.
    bytes: AtomicU64,
}

impl Link {
    pub(crate) fn new() -> Self {
        Self {
            wake: Notify::new(),
            cursor: AtomicU64::new(NOT_FOLLOWING),
            bytes: AtomicU64::new(0),
        }
    }

    /// The station stands at `cursor`: everything before it was routed.
    pub(crate) fn stand(&self, cursor: Offset, bytes: u64) {
        self.bytes.store(bytes, Ordering::Relaxed);
        self.cursor.store(cursor.0, Ordering::Release);
    }

    /// The station has no subscribers and needs nothing of the log.
    pub(crate) fn rest(&self) {
        self.cursor.store(NOT_FOLLOWING, Ordering::Release);
    }

    /// Where the station stands; none where it does not follow.
    pub(crate) fn cursor(&self) -> Option<Offset> {
        match self.cursor.load(Ordering::Acquire) {
            NOT_FOLLOWING => None,
            cursor => Some(Offset(cursor)),
        }
    }

    /// Bytes ever appended up to where it stands.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }
}
