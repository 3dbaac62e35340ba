//! Sets of places in a topic, or of its bytes, and how they grow.

use super::words::Words;
use super::work::count;

/// A set of the places between the bytes of a topic, its start and end included; or of its bytes, each
/// for the place before it. Whatever is in it, each operation goes over its words once or twice.
#[derive(Clone, Debug)]
pub(super) struct Bits<W>(W);

impl<W: Words> Bits<W> {
    /// No place of a topic of `len` bytes.
    pub(super) fn none(len: usize) -> Self {
        Self(W::zeros(len / 64 + 1))
    }

    pub(super) fn insert(&mut self, at: usize) {
        self.0.as_mut()[at / 64] |= 1 << (at % 64);
    }

    /// Puts in 64 of them at once.
    pub(super) fn set_word(&mut self, index: usize, word: u64) {
        self.0.as_mut()[index] = word;
    }

    pub(super) fn has(&self, at: usize) -> bool {
        self.0.as_ref()[at / 64] >> (at % 64) & 1 == 1
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words().iter().all(|word| *word == 0)
    }

    /// How many are in it.
    pub(super) fn count(&self) -> usize {
        self.words()
            .iter()
            .map(|word| word.count_ones() as usize)
            .sum()
    }

    pub(super) fn words(&self) -> &[u64] {
        count(self.0.as_ref().len());
        self.0.as_ref()
    }

    pub(super) fn words_mut(&mut self) -> &mut [u64] {
        count(self.0.as_ref().len());
        self.0.as_mut()
    }

    #[must_use]
    pub(super) fn and(self, other: &Self) -> Self {
        self.zip(other, |word, other| word & other)
    }

    #[must_use]
    pub(super) fn or(self, other: &Self) -> Self {
        self.zip(other, |word, other| word | other)
    }

    #[must_use]
    pub(super) fn without(self, other: &Self) -> Self {
        self.zip(other, |word, other| word & !other)
    }

    /// All of them moved `by` places, less than a word, to the end.
    #[must_use]
    pub(super) fn later(mut self, by: u32) -> Self {
        let mut carry = 0;
        for word in self.words_mut() {
            (*word, carry) = (*word << by | carry, *word >> (64 - by));
        }
        self
    }

    /// All of them moved `by` places, less than a word, to the start.
    #[must_use]
    pub(super) fn earlier(mut self, by: u32) -> Self {
        let mut carry = 0;
        for word in self.words_mut().iter_mut().rev() {
            (*word, carry) = (*word >> by | carry, *word << (64 - by));
        }
        self
    }

    /// With all places that lead on from these over bytes of `over`: in a sum the carry of a place runs
    /// through the bytes that are set and stops at the first that is not.
    #[must_use]
    pub(super) fn flood(self, over: &Self) -> Self {
        let mut carry = false;
        self.zip(over, |from, over| {
            let (sum, first) = (from & over).overflowing_add(over);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            carry = first || second;
            from | sum ^ over
        })
    }

    /// With the next `by` places after each, by doubling the distance.
    #[must_use]
    pub(super) fn dilated(mut self, by: usize) -> Self {
        let by = by.min(64 * self.0.as_ref().len());
        let mut done = 0;
        while done < by {
            let more = (done + 1).min(by - done);
            self.add_later(more);
            done += more;
        }
        self
    }

    /// All in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        self.words().iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            core::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(64 * index + bit)
            })
        })
    }

    fn add_later(&mut self, by: usize) {
        let (whole, bits) = (by / 64, by % 64);
        let before = self.clone();
        let words = &mut self.words_mut()[whole..];
        for (word, before) in words.iter_mut().zip(before.words()) {
            *word |= before << bits;
        }
        if bits > 0 {
            for (word, before) in words.iter_mut().skip(1).zip(before.words()) {
                *word |= before >> (64 - bits);
            }
        }
    }

    /// Each word with the one of `other` at the same place.
    #[must_use]
    pub(super) fn zip(mut self, other: &Self, mut operation: impl FnMut(u64, u64) -> u64) -> Self {
        for (word, other) in self.words_mut().iter_mut().zip(other.0.as_ref()) {
            *word = operation(*word, *other);
        }
        self
    }
}
