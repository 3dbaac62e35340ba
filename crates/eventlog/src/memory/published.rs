//! The bounds of a log, for those who poll them without its lock.

use std::sync::atomic::{AtomicU64, Ordering, fence};
use std::thread::yield_now;

use umbel_event::Offset;

use crate::LogBounds;

/// Bounds that one thread at a time sets and any thread reads whole: a sequence lock. `version` is odd
/// while they change; whoever saw it change, or odd, reads again.
#[derive(Debug)]
pub(super) struct Published {
    version: AtomicU64,
    first: AtomicU64,
    next: AtomicU64,
    bytes: AtomicU64,
    bytes_ever: AtomicU64,
}

impl Published {
    /// Starts with `bounds`.
    pub(super) fn new(bounds: LogBounds) -> Self {
        Self {
            version: AtomicU64::new(0),
            first: AtomicU64::new(bounds.first.0),
            next: AtomicU64::new(bounds.next.0),
            bytes: AtomicU64::new(bounds.bytes),
            bytes_ever: AtomicU64::new(bounds.bytes_ever),
        }
    }

    /// Shows `bounds` from now on. The caller holds the log's lock exclusively.
    pub(super) fn set(&self, bounds: LogBounds) {
        let version = self.version.load(Ordering::Relaxed);
        self.version
            .store(version.wrapping_add(1), Ordering::Relaxed);
        fence(Ordering::Release);
        self.first.store(bounds.first.0, Ordering::Relaxed);
        self.next.store(bounds.next.0, Ordering::Relaxed);
        self.bytes.store(bounds.bytes, Ordering::Relaxed);
        self.bytes_ever.store(bounds.bytes_ever, Ordering::Relaxed);
        self.version
            .store(version.wrapping_add(2), Ordering::Release);
    }

    /// What was set last.
    pub(super) fn get(&self) -> LogBounds {
        loop {
            let version = self.version.load(Ordering::Acquire);
            let bounds = self.load();
            fence(Ordering::Acquire);
            if version.is_multiple_of(2) && self.version.load(Ordering::Relaxed) == version {
                return bounds;
            }
            yield_now();
        }
    }

    fn load(&self) -> LogBounds {
        LogBounds {
            first: Offset(self.first.load(Ordering::Relaxed)),
            next: Offset(self.next.load(Ordering::Relaxed)),
            bytes: self.bytes.load(Ordering::Relaxed),
            bytes_ever: self.bytes_ever.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread::scope;

    use umbel_event::Offset;

    use super::Published;
    use crate::LogBounds;

    const CHANGES: u64 = 300_000;

    fn all(n: u64) -> LogBounds {
        LogBounds {
            first: Offset(n),
            next: Offset(n),
            bytes: n,
            bytes_ever: n,
        }
    }

    #[test]
    fn bounds_are_of_one_moment_while_they_change() {
        let (published, done) = (Published::new(all(0)), AtomicBool::new(false));
        scope(|threads| {
            threads.spawn(|| {
                (1..=CHANGES).for_each(|n| published.set(all(n)));
                done.store(true, Ordering::Relaxed);
            });
            let mut last = 0;
            while !done.load(Ordering::Relaxed) {
                let bounds = published.get();
                assert_eq!(bounds, all(bounds.bytes));
                assert!(bounds.bytes >= last, "bounds never go back");
                last = bounds.bytes;
            }
        });
        assert_eq!(published.get(), all(CHANGES));
    }
}
