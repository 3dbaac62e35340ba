//! Going over the bytes of a topic, eight at a time.

use super::bits::Bits;
use super::chars::Chars;
use super::words::Words;
use super::work::count;

/// The bytes of a topic by what they are on their own.
pub(super) struct Classes<W> {
    percent: Bits<W>,
    hex: Bits<W>,
    pub(super) unreserved: Bits<W>,
    pub(super) unreserved_or_comma: Bits<W>,
    pub(super) unreserved_or_reserved: Bits<W>,
}

/// For each byte a bit for each field of [`Classes`].
static FLAGS: [u8; 256] = flags();

impl<W: Words> Classes<W> {
    pub(super) fn of(topic: &[u8]) -> Self {
        let mut classes = Self {
            percent: Bits::none(topic.len()),
            hex: Bits::none(topic.len()),
            unreserved: Bits::none(topic.len()),
            unreserved_or_comma: Bits::none(topic.len()),
            unreserved_or_reserved: Bits::none(topic.len()),
        };
        for (index, bytes) in topic.chunks(64).enumerate() {
            let mut words = [0; 5];
            each_eight(bytes, |at, eight| {
                let flags = u64::from_le_bytes(eight.map(|byte| FLAGS[usize::from(byte)]));
                for (class, word) in words.iter_mut().enumerate() {
                    *word |= lowest(flags >> class) << at;
                }
            });
            classes.percent.set_word(index, words[0]);
            classes.hex.set_word(index, words[1]);
            classes.unreserved.set_word(index, words[2]);
            classes.unreserved_or_comma.set_word(index, words[3]);
            classes.unreserved_or_reserved.set_word(index, words[4]);
        }
        classes
    }

    /// The first bytes of percent-encoded triplets: no two of these overlap.
    pub(super) fn triplets(&self) -> Bits<W> {
        if self.percent.is_empty() {
            return self.percent.clone();
        }
        let high = self.percent.clone().later(1).and(&self.hex);
        let low = high.later(1).and(&self.hex);
        low.earlier(2)
    }
}

/// Where `byte` stands in `topic`.
pub(super) fn places_of<W: Words>(byte: u8, topic: &[u8]) -> Bits<W> {
    let mut places = Bits::none(topic.len());
    for (index, bytes) in topic.chunks(64).enumerate() {
        let mut word = 0;
        each_eight(bytes, |at, eight| {
            let equal = eight.map(|it| u8::from(it == byte));
            word |= lowest(u64::from_le_bytes(equal)) << at;
        });
        places.set_word(index, word);
    }
    places
}

/// Calls `with` for each eight of the bytes of a word and where they start; the last are filled up with
/// a byte that no text holds.
fn each_eight(bytes: &[u8], mut with: impl FnMut(usize, [u8; 8])) {
    count(bytes.len());
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (index, eight) in chunks.iter().enumerate() {
        with(8 * index, *eight);
    }
    if !rest.is_empty() {
        let filled = core::array::from_fn(|at| rest.get(at).copied().unwrap_or(0xFF));
        with(8 * chunks.len(), filled);
    }
}

/// The lowest bit of each of eight bytes.
const fn lowest(bytes: u64) -> u64 {
    (bytes & 0x0101_0101_0101_0101).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

const fn flags() -> [u8; 256] {
    let mut flags = [0; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        let unreserved = Chars::UNRESERVED.has(byte);
        let is = [
            byte == b'%',
            byte.is_ascii_hexdigit(),
            unreserved,
            unreserved || byte == b',',
            Chars::UNRESERVED_OR_RESERVED.has(byte),
        ];
        let mut bit = 0;
        while bit < is.len() {
            flags[byte as usize] |= (is[bit] as u8) << bit;
            bit += 1;
        }
        byte += 1;
    }
    flags
}
