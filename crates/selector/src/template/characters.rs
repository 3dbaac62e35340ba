//! A topic as characters instead of bytes.

use alloc::vec::Vec;

use super::bits::Bits;
use super::words::Words;

/// Which bytes of a topic start a character, and how to move a set of them close together, so that the
/// character after the next is two bits on, however many bytes each has.
pub(super) struct Characters<W> {
    followers: Bits<W>,
    leads: Vec<Leads>,
}

/// The bytes of one word that start a character.
struct Leads {
    mask: u64,
    /// For each power of two which bits move down by it: "Hacker's Delight", section 7-4.
    moves: [u64; 6],
}

impl<W: Words> Characters<W> {
    /// Where all bytes but `followers` start a character.
    pub(super) fn new(followers: Bits<W>) -> Self {
        let leads = followers.words().iter().map(|word| Leads::new(!word));
        Self {
            leads: leads.collect(),
            followers,
        }
    }

    /// The bytes that belong to the character before them.
    pub(super) const fn followers(&self) -> &Bits<W> {
        &self.followers
    }

    /// The bytes that start the character at each of `starts` and the `more` characters after it.
    pub(super) fn from(&self, mut starts: Bits<W>, more: usize) -> Bits<W> {
        self.pack(&mut starts);
        let mut taken = starts.dilated(more);
        self.unpack(&mut taken);
        taken
    }

    /// Moves the characters together. They all move down, so no word is written before it is read.
    fn pack(&self, bits: &mut Bits<W>) {
        let words = bits.words_mut();
        let mut to = 0;
        for (at, leads) in self.leads.iter().enumerate() {
            let packed = leads.pack(words[at]);
            words[at] = 0;
            let (word, bit) = (to / 64, to % 64);
            words[word] |= packed << bit;
            if bit > 0 {
                words[word + 1] |= packed >> (64 - bit);
            }
            to += leads.count();
        }
    }

    /// Moves them back to where they stand in the topic, the last ones first.
    fn unpack(&self, bits: &mut Bits<W>) {
        let words = bits.words_mut();
        let mut from: usize = self.leads.iter().map(Leads::count).sum();
        for (at, leads) in self.leads.iter().enumerate().rev() {
            from -= leads.count();
            let (word, bit) = (from / 64, from % 64);
            let mut packed = words[word] >> bit;
            if bit > 0 {
                packed |= words[word + 1] << (64 - bit);
            }
            words[at] = leads.unpack(packed);
        }
    }
}

impl Leads {
    fn new(mask: u64) -> Self {
        let mut moves = [0; 6];
        let (mut left, mut zeros) = (mask, !mask << 1);
        for (step, moved) in moves.iter_mut().enumerate() {
            let odd = (0..6).fold(zeros, |parity, shift| parity ^ parity << (1 << shift));
            *moved = odd & left;
            left = left ^ *moved | *moved >> (1 << step);
            zeros &= !odd;
        }
        Self { mask, moves }
    }

    const fn count(&self) -> usize {
        self.mask.count_ones() as usize
    }

    fn pack(&self, word: u64) -> u64 {
        let moves = self.moves.iter().enumerate();
        moves.fold(word & self.mask, |word, (step, moved)| {
            let moving = word & moved;
            word ^ moving | moving >> (1 << step)
        })
    }

    fn unpack(&self, word: u64) -> u64 {
        let moves = self.moves.iter().enumerate().rev();
        self.mask
            & moves.fold(word, |word, (step, moved)| {
                word & !moved | word << (1 << step) & moved
            })
    }
}
