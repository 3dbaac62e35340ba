//! The log that lives as long as the process.
//!
//! One lock, held for the few hundred nanoseconds of an append or of copying a page of pointers, and
//! never over an await. Retention works in slices, so that nobody waits for a long one.

mod ids;
mod kept;
mod published;
mod slots;
#[cfg(test)]
mod tests;

use std::future::ready;
use std::hash::RandomState;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use umbel_event::{Event, Offset};

use self::kept::{Kept, Prepared};
use self::published::Published;
use crate::{AppendError, Entry, EventLog, LogBounds, LogFuture, PageLimits, ReadError, Retention};

/// Events that retention drops while it holds the lock once.
const SLICE_EVENTS_MAX: usize = 256;

/// Slices of one call of [`EventLog::retain`].
const SLICES_MAX: usize = 4;

/// Newest events before the floor whose frames stay, for those who come back after a moment. Of older
/// ones a frame would double the memory, and few ask for it.
const FRAMES_KEPT: u64 = 4096;

/// Frames that one call of [`EventLog::retain`] forgets at most.
const FRAMES_FORGOTTEN_MAX: u64 = 64;

/// Events in memory, at offsets without gaps. Every future is ready at once: what it stands for was
/// done by the call that made it.
#[derive(Debug)]
pub struct MemoryLog {
    retention: Retention,
    hasher: RandomState,
    kept: RwLock<Kept>,
    bounds: Published,
}

impl MemoryLog {
    /// An empty log.
    #[must_use]
    pub fn new(retention: Retention) -> Self {
        let hasher = RandomState::new();
        let kept = Kept::new(hasher.clone());
        let bounds = Published::new(kept.bounds());
        Self {
            retention,
            hasher,
            kept: RwLock::new(kept),
            bounds,
        }
    }

    fn keep(&self, events: Vec<Event>) -> Offset {
        let events: Vec<Prepared> = events
            .into_iter()
            .map(|event| Prepared::new(event, &self.hasher))
            .collect();
        let mut kept = self.exclusive();
        for event in events {
            kept.push(event);
        }
        let bounds = kept.bounds();
        self.bounds.set(bounds);
        Offset(bounds.next.0 - 1)
    }

    fn trim(&self, now_ms: u64, floor: Offset) {
        for _ in 0..SLICES_MAX {
            if self.trim_slice(now_ms, floor).len() < SLICE_EVENTS_MAX {
                return;
            }
        }
    }

    /// Hands the dropped events out, so that they are freed after the lock.
    fn trim_slice(&self, now_ms: u64, floor: Offset) -> Vec<Arc<Entry>> {
        let mut kept = self.exclusive();
        let mut dropped = Vec::new();
        while dropped.len() < SLICE_EVENTS_MAX && kept.has_excess(&self.retention, now_ms, floor) {
            dropped.extend(kept.pop());
        }
        if !dropped.is_empty() {
            self.bounds.set(kept.bounds());
        }
        dropped
    }

    fn forget_frames(&self, floor: Offset) {
        let end = Offset(floor.min(self.bounds().next).0.saturating_sub(FRAMES_KEPT));
        let forgotten = self.exclusive().forget_frames(end, FRAMES_FORGOTTEN_MAX);
        drop(forgotten);
    }

    fn shared(&self) -> RwLockReadGuard<'_, Kept> {
        // Nothing panics halfway through a change, so a poisoned lock still guards whole data.
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn exclusive(&self) -> RwLockWriteGuard<'_, Kept> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventLog for MemoryLog {
    fn append(&self, events: Vec<Event>) -> LogFuture<'_, Result<Offset, AppendError>> {
        Box::pin(ready(Ok(self.keep(events))))
    }

    fn read(
        &self,
        from: Offset,
        limits: PageLimits,
    ) -> LogFuture<'_, Result<Vec<Arc<Entry>>, ReadError>> {
        let page = self.shared().page(from, limits);
        Box::pin(ready(page))
    }

    fn find<'a>(&'a self, id: &'a str) -> LogFuture<'a, Result<Option<Offset>, ReadError>> {
        let found = self.shared().find(id);
        Box::pin(ready(Ok(found)))
    }

    fn retain(&self, now_ms: u64, floor: Offset) -> LogFuture<'_, ()> {
        self.trim(now_ms, floor);
        self.forget_frames(floor);
        Box::pin(ready(()))
    }

    fn cut(&self, mark: &mut dyn FnMut(Offset)) {
        let kept = self.exclusive();
        mark(kept.bounds().next);
    }

    fn bounds(&self) -> LogBounds {
        self.bounds.get()
    }
}
