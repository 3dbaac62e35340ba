//! Sets of characters (RFC 6570, section 1.5 and 2.1).

/// A set of ASCII characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chars(u128);

impl Chars {
    pub(super) const UNRESERVED: Self =
        Self::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    pub(super) const UNRESERVED_OR_RESERVED: Self =
        Self(Self::UNRESERVED.0 | Self::of(b":/?#[]@!$&'()*+,;=").0);

    const fn of(bytes: &[u8]) -> Self {
        let (mut set, mut i) = (0, 0);
        while i < bytes.len() {
            set |= 1 << bytes[i];
            i += 1;
        }
        Self(set)
    }

    pub(super) const fn has(self, byte: u8) -> bool {
        byte.is_ascii() && self.0 >> byte & 1 == 1
    }
}

/// What a percent-encoded triplet at the start of `bytes` stands for.
pub(super) fn triplet(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else {
        return None;
    };
    let digit = |hex: u8| {
        char::from(hex)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    Some(digit(*high)? << 4 | digit(*low)?)
}

/// Whether `c` may stand in a literal; `%` only as part of a triplet. As corrected by erratum 6937,
/// which lets the apostrophe in.
pub(super) fn is_literal(c: char) -> bool {
    match c {
        '\u{0}'..='\u{20}' | '"' | '%' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => false,
        '\u{7F}'..='\u{9F}' => false,
        '\u{FDD0}'..='\u{FDEF}' | '\u{FFF0}'..='\u{FFFF}' | '\u{E0000}'..='\u{E0FFF}' => false,
        c => u32::from(c) & 0xFFFE != 0xFFFE,
    }
}

/// Whether `byte` may stand in the name of a variable; dots and triplets aside.
pub(super) const fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
