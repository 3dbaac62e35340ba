//! Places in a topic.

use alloc::vec;
use alloc::vec::Vec;

/// A set of places between the bytes of a topic, its start and end included. Its size is the topic's,
/// whatever is in it: that bounds both the memory and the work of a search.
#[derive(Clone, Debug)]
pub(super) struct Positions(Vec<u64>);

impl Positions {
    /// No place of a topic of `len` bytes.
    pub(super) fn none(len: usize) -> Self {
        Self(vec![0; len / 64 + 1])
    }

    pub(super) fn insert(&mut self, at: usize) {
        self.0[at / 64] |= 1 << (at % 64);
    }

    pub(super) fn has(&self, at: usize) -> bool {
        self.0[at / 64] >> (at % 64) & 1 == 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    /// The first place from `at` on.
    pub(super) fn next_from(&self, at: usize) -> Option<usize> {
        let (index, bit) = (at / 64, at % 64);
        let first = self.0.get(index)? >> bit << bit;
        let words = core::iter::once(first).chain(self.0[index + 1..].iter().copied());
        let (skipped, word) = words.enumerate().find(|(_, word)| *word != 0)?;
        Some((index + skipped) * 64 + word.trailing_zeros() as usize)
    }

    /// All places in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let mut from = 0;
        core::iter::from_fn(move || {
            let at = self.next_from(from)?;
            from = at + 1;
            Some(at)
        })
    }
}
