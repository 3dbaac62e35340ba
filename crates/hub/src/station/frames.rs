//! The frame table: what waits, once, for all mailboxes of a station.

use std::sync::Arc;

use slab::Slab;
use umbel_event::{Offset, Topic};
use umbel_eventlog::Entry;
use umbel_sse::Frame;

/// Number of a frame in its table, held by mailboxes.
pub(crate) type FrameNumber = u32;

/// What waits in mailboxes, each frame once, counted by the mailboxes that hold it.
#[derive(Default)]
pub(crate) struct Frames {
    slots: Slab<Slot>,
    /// Grows whenever a number may be used again; whoever remembers numbers compares it.
    freed: u64,
}

struct Slot {
    frame: Frame,
    entry: Arc<Entry>,
    holders: u32,
}

impl Frames {
    /// Takes the frame of `entry` into the table. Nobody holds it yet: see [`Self::hold`] and
    /// [`Self::settle`].
    fn insert(&mut self, entry: &Arc<Entry>, frame: Option<Frame>) -> FrameNumber {
        let slot = Slot {
            frame: frame.unwrap_or_else(|| entry.frame().clone()),
            entry: Arc::clone(entry),
            holders: 0,
        };
        FrameNumber::try_from(self.slots.insert(slot)).expect("mailboxes are bounded below 2^32")
    }

    /// The frame of `entry`, or another one in its place, held by the caller until it releases it.
    pub(crate) fn held_as(&mut self, entry: &Arc<Entry>, frame: Option<Frame>) -> FrameNumber {
        let number = self.insert(entry, frame);
        self.hold(number);
        number
    }

    /// One more mailbox holds `number`.
    pub(crate) fn hold(&mut self, number: FrameNumber) {
        self.slots[number as usize].holders += 1;
    }

    /// One mailbox less holds `number`; the last one frees it.
    pub(crate) fn release(&mut self, number: FrameNumber) {
        let slot = &mut self.slots[number as usize];
        slot.holders -= 1;
        self.settle(number);
    }

    /// Frees `number` where nobody holds it: an inserted frame that found no mailbox.
    pub(crate) fn settle(&mut self, number: FrameNumber) {
        if self.slots[number as usize].holders == 0 {
            self.slots.remove(number as usize);
            self.freed += 1;
            if self.slots.is_empty() {
                self.slots = Slab::new();
            }
        }
    }

    pub(crate) fn frame(&self, number: FrameNumber) -> &Frame {
        &self.slots[number as usize].frame
    }

    /// Length of a frame in bytes, as mailboxes count it.
    pub(crate) fn size(&self, number: FrameNumber) -> u32 {
        u32::try_from(self.frame(number).len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn offset(&self, number: FrameNumber) -> Offset {
        self.slots[number as usize].entry.offset
    }

    pub(crate) fn accepted_ms(&self, number: FrameNumber) -> u64 {
        self.slots[number as usize].entry.event.accepted_ms
    }

    pub(crate) fn canonical_topic(&self, number: FrameNumber) -> &Topic {
        self.slots[number as usize].entry.event.topics.canonical()
    }

    /// Changes whenever a number may have come to mean another frame.
    pub(crate) fn freed(&self) -> u64 {
        self.freed
    }
}
