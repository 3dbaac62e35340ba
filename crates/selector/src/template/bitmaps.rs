//! Which bytes stand where in a topic, as a value sees it.

use alloc::vec::Vec;

use super::bits::Bits;
use super::characters::Characters;
use super::chars::{Chars, triplet};
use super::classes::{Classes, places_of};
use super::words::Words;
use super::work::count;

/// What a search asks again and again about a topic. What not every search asks is made when one does.
pub(super) struct Bitmaps<'a, W> {
    topic: &'a [u8],
    /// The first bytes of percent-encoded triplets.
    triplets: Bits<W>,
    /// The other bytes of triplets. All parts of a template consist of whole triplets, so no place that
    /// is reached lies before one of these.
    inside: Bits<W>,
    unreserved: Bits<W>,
    unreserved_or_comma: Bits<W>,
    unreserved_or_reserved: Bits<W>,
    characters: Option<Characters<W>>,
    bytes: Vec<(u8, Bits<W>)>,
}

impl<'a, W: Words> Bitmaps<'a, W> {
    pub(super) fn new(topic: &'a [u8]) -> Self {
        let classes = Classes::<W>::of(topic);
        let triplets = classes.triplets();
        let inside = triplets.clone().later(1);
        let inside = inside.clone().later(1).or(&inside);
        let whole = triplets.clone().or(&inside);
        Self {
            topic,
            unreserved: classes.unreserved.or(&whole),
            unreserved_or_comma: classes.unreserved_or_comma.or(&whole),
            unreserved_or_reserved: classes.unreserved_or_reserved.or(&whole),
            triplets,
            inside,
            characters: None,
            bytes: Vec::new(),
        }
    }

    pub(super) fn has_triplets(&self) -> bool {
        !self.triplets.is_empty()
    }

    pub(super) const fn inside(&self) -> &Bits<W> {
        &self.inside
    }

    /// The bytes that may stand in a value of `chars`, triplets included.
    pub(super) const fn value(&self, chars: Chars) -> &Bits<W> {
        match chars {
            Chars::UNRESERVED => &self.unreserved,
            _ => &self.unreserved_or_reserved,
        }
    }

    /// The same for a list of such values, which commas join.
    pub(super) const fn list(&self, chars: Chars) -> &Bits<W> {
        match chars {
            Chars::UNRESERVED => &self.unreserved_or_comma,
            _ => &self.unreserved_or_reserved,
        }
    }

    /// Where `byte` stands.
    pub(super) fn byte(&mut self, byte: u8) -> &Bits<W> {
        let known = self.bytes.iter().position(|(known, _)| *known == byte);
        let index = known.unwrap_or_else(|| {
            self.bytes.push((byte, places_of(byte, self.topic)));
            self.bytes.len() - 1
        });
        &self.bytes[index].1
    }

    /// The topic as characters: triplets that go on with a UTF-8 sequence belong to its first.
    pub(super) fn characters(&mut self) -> &Characters<W> {
        self.characters.get_or_insert_with(|| {
            let continuing = continuing(self.topic, &self.triplets);
            Characters::new(continuing.or(&self.inside))
        })
    }
}

/// The triplets that are later octets of a UTF-8 sequence: one that the triplets right before them
/// start and that is long enough.
fn continuing<W: Words>(topic: &[u8], triplets: &Bits<W>) -> Bits<W> {
    let mut continuing = Bits::none(topic.len());
    let (mut end, mut missing) = (0, 0);
    for at in triplets.iter() {
        count(1);
        if at != end {
            missing = 0;
        }
        end = at + 3;
        missing = match triplet(&topic[at..]) {
            Some(0x80..=0xBF) if missing > 0 => {
                continuing.insert(at);
                missing - 1
            }
            Some(0xC2..=0xDF) => 1,
            Some(0xE0..=0xEF) => 2,
            Some(0xF0..=0xF4) => 3,
            _ => 0,
        };
    }
    continuing
}
