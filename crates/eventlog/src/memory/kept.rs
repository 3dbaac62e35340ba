//! What the memory log guards with its lock.

use std::hash::RandomState;
use std::sync::Arc;

use umbel_event::{Event, Offset};
use umbel_sse::Frame;

use super::ids::{Ids, hash_of};
use super::slots::{Slot, Slots};
use crate::{Entry, LogBounds, PageLimits, ReadError, Retention};

/// An event with all that can be computed before the lock is taken.
#[derive(Debug)]
pub(super) struct Prepared {
    event: Event,
    cost: usize,
    id_hash: u64,
}

impl Prepared {
    /// Computes it, with the hasher that [`Kept`] has.
    pub(super) fn new(event: Event, hasher: &RandomState) -> Self {
        let id_hash = hash_of(hasher, event.id.as_str());
        Self {
            cost: event.cost(),
            id_hash,
            event,
        }
    }
}

/// The retained events, their index, and their sums.
#[derive(Debug)]
pub(super) struct Kept {
    slots: Slots,
    ids: Ids,
    bytes: u64,
    bytes_ever: u64,
    /// Events before it were asked to forget their frames.
    cooled: Offset,
}

impl Kept {
    /// Nothing yet.
    pub(super) fn new(hasher: RandomState) -> Self {
        Self {
            slots: Slots::new(),
            ids: Ids::new(hasher),
            bytes: 0,
            bytes_ever: 0,
            cooled: Offset(1),
        }
    }

    /// Keeps one more event.
    pub(super) fn push(&mut self, prepared: Prepared) {
        let Prepared {
            event,
            cost,
            id_hash,
        } = prepared;
        let offset = self.slots.next();
        let entry = Arc::new(Entry::new(offset, event));
        self.slots.push(Slot {
            entry,
            cost,
            same_id: offset,
        });
        self.ids.link(&mut self.slots, offset, id_hash);
        self.bytes += cost as u64;
        self.bytes_ever += cost as u64;
    }

    /// Whether the oldest event lies before `floor` and outside of `retention`.
    pub(super) fn has_excess(&self, retention: &Retention, now_ms: u64, floor: Offset) -> bool {
        let LogBounds {
            first, next, bytes, ..
        } = self.bounds();
        let Some(oldest) = self.slots.get(first) else {
            return false;
        };
        let accepted_ms = oldest.entry.event.accepted_ms;
        first < floor && retention.drops(next.0 - first.0, bytes, accepted_ms, now_ms)
    }

    /// Drops the oldest event.
    pub(super) fn pop(&mut self) -> Option<Arc<Entry>> {
        let oldest = self.slots.first();
        self.ids.unlink(&mut self.slots, oldest);
        let slot = self.slots.pop()?;
        self.bytes -= slot.cost as u64;
        Some(slot.entry)
    }

    /// Takes the frames of the next `at_most` events that lie before `end`; of those that somebody
    /// holds it leaves them.
    pub(super) fn forget_frames(&mut self, end: Offset, at_most: u64) -> Vec<Frame> {
        let start = self.cooled.max(self.slots.first());
        let end = end.min(self.slots.next()).min(Offset(start.0 + at_most));
        let mut frames = Vec::new();
        for offset in start.0..end.0 {
            let slot = self.slots.get_mut(Offset(offset));
            let entry = slot.and_then(|slot| Arc::get_mut(&mut slot.entry));
            frames.extend(entry.and_then(Entry::forget_frame));
        }
        self.cooled = start.max(end);
        frames
    }

    /// Where the earliest event with that id is.
    pub(super) fn find(&self, id: &str) -> Option<Offset> {
        self.ids.first(&self.slots, id)
    }

    /// See [`crate::EventLog::read`].
    pub(super) fn page(
        &self,
        from: Offset,
        limits: PageLimits,
    ) -> Result<Vec<Arc<Entry>>, ReadError> {
        let first = self.slots.first();
        if from < first {
            return Err(ReadError::Trimmed { first });
        }
        let mut bytes = 0_usize;
        let fits = |slot: &&Slot| {
            let is_first = bytes == 0;
            bytes = bytes.saturating_add(slot.cost);
            is_first || bytes <= limits.bytes
        };
        let slots = self
            .slots
            .range(from, limits.before)
            .take(limits.events.max(1));
        Ok(slots
            .take_while(fits)
            .map(|slot| Arc::clone(&slot.entry))
            .collect())
    }

    /// What is there.
    pub(super) fn bounds(&self) -> LogBounds {
        LogBounds {
            first: self.slots.first(),
            next: self.slots.next(),
            bytes: self.bytes,
            bytes_ever: self.bytes_ever,
        }
    }

    /// The index, to look for leaks.
    #[cfg(test)]
    pub(super) fn ids(&self) -> &Ids {
        &self.ids
    }
}
