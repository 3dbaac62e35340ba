//! A topic as characters instead of bytes.

use super::bits::Bits;
use super::words::Words;

/// Which bytes of a topic start a character, and how to move a set of them close together, so that the
/// character after the next is two bits on, however many bytes each has.
pub(super) struct Characters<W> {
    followers: Bits<W>,
    /// For each power of two which bits move down by it within their word, so that none lies between
    /// them: "Hacker's Delight", section 7-4.
    moves: [Bits<W>; 6],
}

impl<W: Words> Characters<W> {
    /// Where all bytes but `followers` start a character.
    pub(super) fn new(followers: Bits<W>) -> Self {
        let mut moves = core::array::from_fn(|_| followers.clone());
        for (at, follower) in followers.words().iter().enumerate() {
            for (moves, moved) in moves.iter_mut().zip(moves_of(!follower)) {
                moves.words_mut()[at] = moved;
            }
        }
        Self { followers, moves }
    }

    /// The bytes that belong to the character before them.
    pub(super) const fn followers(&self) -> &Bits<W> {
        &self.followers
    }

    /// The bytes that start the character at each of `starts` and the `more` characters after it.
    pub(super) fn from(&self, starts: Bits<W>, more: usize) -> Bits<W> {
        self.unpack(self.pack(starts).dilated(more))
    }

    /// Moves the characters together.
    fn pack(&self, bits: Bits<W>) -> Bits<W> {
        let moves = self.moves.iter().enumerate();
        let bits = bits.without(&self.followers);
        let mut bits = moves.fold(bits, |bits, (step, moves)| {
            bits.zip(moves, |word, moved| {
                let moving = word & moved;
                word ^ moving | moving >> (1 << step)
            })
        });
        let words = bits.words_mut();
        let mut to = 0;
        for (at, follower) in self.followers.words().iter().enumerate() {
            // They all move down, so no word is written before it is read.
            let packed = core::mem::take(&mut words[at]);
            let (word, bit) = (to / 64, to % 64);
            words[word] |= packed << bit;
            if bit > 0 {
                words[word + 1] |= packed >> (64 - bit);
            }
            to += follower.count_zeros() as usize;
        }
        bits
    }

    /// Moves them back to where they stand in the topic.
    fn unpack(&self, mut bits: Bits<W>) -> Bits<W> {
        let words = bits.words_mut();
        let followers = self.followers.words();
        let mut from = 64 * followers.len() - self.followers.count();
        for (at, follower) in followers.iter().enumerate().rev() {
            from -= follower.count_zeros() as usize;
            let (word, bit) = (from / 64, from % 64);
            let mut packed = words[word] >> bit;
            if bit > 0 {
                packed |= words[word + 1] << (64 - bit);
            }
            words[at] = packed;
        }
        let moves = self.moves.iter().enumerate().rev();
        let bits = moves.fold(bits, |bits, (step, moves)| {
            bits.zip(moves, |word, moved| {
                word & !moved | word << (1 << step) & moved
            })
        });
        bits.without(&self.followers)
    }
}

/// What moves the bits of `mask` to the low end, by one, two, four and so on.
fn moves_of(mask: u64) -> [u64; 6] {
    let (mut left, mut zeros) = (mask, !mask << 1);
    core::array::from_fn(|step| {
        let odd = (0..6).fold(zeros, |parity, shift| parity ^ parity << (1 << shift));
        let moved = odd & left;
        left = left ^ moved | moved >> (1 << step);
        zeros &= !odd;
        moved
    })
}
