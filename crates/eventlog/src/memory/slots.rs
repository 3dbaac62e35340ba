//! The retained entries by offset.

use std::collections::VecDeque;
use std::sync::Arc;

use umbel_event::Offset;

use crate::Entry;

/// Slots of a block. Blocks bound what growing moves at once and give memory back in steps.
const BLOCK_SLOTS: usize = 1024;

/// One retained entry.
#[derive(Debug)]
pub(super) struct Slot {
    /// The entry.
    pub(super) entry: Arc<Entry>,
    /// Its cost, so that paging and trimming need not look at a cold event.
    pub(super) cost: usize,
    /// The next event with the same id; of the last one, the first one. See [`super::ids`].
    pub(super) same_id: Offset,
}

/// A queue of slots at dense offsets, in blocks.
#[derive(Debug)]
pub(super) struct Slots {
    /// Taken slots stand at the front of the first block alone.
    blocks: VecDeque<Vec<Option<Slot>>>,
    /// Place of the first slot of the first block, taken or not.
    base: Offset,
    /// Place of the oldest slot; `next` where there is none.
    first: Offset,
    /// Place of the next slot.
    next: Offset,
}

impl Slots {
    /// Empty; offsets start at 1.
    pub(super) fn new() -> Self {
        let start = Offset(1);
        Self {
            blocks: VecDeque::new(),
            base: start,
            first: start,
            next: start,
        }
    }

    /// Place of the oldest slot; [`Self::next`] where there is none.
    pub(super) fn first(&self) -> Offset {
        self.first
    }

    /// Place that the next slot gets.
    pub(super) fn next(&self) -> Offset {
        self.next
    }

    /// Adds a slot for the place [`Self::next`].
    pub(super) fn push(&mut self, slot: Slot) {
        if self
            .blocks
            .back()
            .is_none_or(|block| block.len() == BLOCK_SLOTS)
        {
            self.blocks.push_back(Vec::new());
        }
        self.blocks
            .back_mut()
            .expect("one was just made")
            .push(Some(slot));
        self.next = self.next.next();
    }

    /// Takes the oldest slot.
    pub(super) fn pop(&mut self) -> Option<Slot> {
        let (block, index) = self.locate(self.first)?;
        let slot = self.blocks[block][index].take();
        self.first = self.first.next();
        if index + 1 == BLOCK_SLOTS {
            self.blocks.pop_front();
            self.base = self.first;
        }
        slot
    }

    /// The slot at `offset`.
    pub(super) fn get(&self, offset: Offset) -> Option<&Slot> {
        let (block, index) = self.locate(offset)?;
        self.blocks[block][index].as_ref()
    }

    /// The slot at `offset`.
    pub(super) fn get_mut(&mut self, offset: Offset) -> Option<&mut Slot> {
        let (block, index) = self.locate(offset)?;
        self.blocks[block][index].as_mut()
    }

    /// The retained slots from `from` on, oldest first, up to but without `before`.
    pub(super) fn range(&self, from: Offset, before: Offset) -> impl Iterator<Item = &Slot> {
        (from.0..before.min(self.next).0).map_while(|offset| self.get(Offset(offset)))
    }

    fn locate(&self, offset: Offset) -> Option<(usize, usize)> {
        if offset < self.first || offset >= self.next {
            return None;
        }
        let distance = usize::try_from(offset.0 - self.base.0).ok()?;
        Some((distance / BLOCK_SLOTS, distance % BLOCK_SLOTS))
    }
}
