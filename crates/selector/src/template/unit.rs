//! What a topic consists of, as a value sees it.

use super::chars::{Chars, triplet};

/// A byte of the topic that may stand in a value, or a triplet.
#[derive(Clone, Copy)]
pub(super) enum Unit {
    Byte(u8),
    Triplet,
}

impl Unit {
    pub(super) fn is_in(self, chars: Chars) -> bool {
        match self {
            Self::Byte(byte) => chars.has(byte),
            Self::Triplet => true,
        }
    }

    pub(super) fn is(self, byte: u8) -> bool {
        matches!(self, Self::Byte(it) if it == byte)
    }
}

/// What stands at `at`, and where it ends. All parts of a template consist of whole triplets, so
/// no place that is reached lies within one.
pub(super) fn unit_at(topic: &[u8], at: usize) -> Option<(Unit, usize)> {
    let rest = &topic[at..];
    match triplet(rest) {
        Some(_) => Some((Unit::Triplet, at + 3)),
        None => rest.first().map(|byte| (Unit::Byte(*byte), at + 1)),
    }
}

/// Whether the triplet at `at` is a later octet of a UTF-8 sequence: one that starts up to three
/// triplets before it and is long enough.
pub(super) fn continues(topic: &[u8], at: usize) -> bool {
    let octet = |back: usize| {
        at.checked_sub(3 * back)
            .and_then(|at| triplet(&topic[at..]))
    };
    if !matches!(octet(0), Some(0x80..=0xBF)) {
        return false;
    }
    for back in 1..=3 {
        match octet(back) {
            Some(0x80..=0xBF) => {}
            Some(0xC2..=0xDF) => return back < 2,
            Some(0xE0..=0xEF) => return back < 3,
            Some(0xF0..=0xF4) => return back < 4,
            _ => return false,
        }
    }
    false
}
