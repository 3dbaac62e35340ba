//! The rule that every name of the protocol keeps: no control characters, nothing invisible.

/// Why a text cannot be a name on the wire.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing at all.
    #[error("it is empty")]
    Empty,
    /// More bytes of UTF-8 than allowed.
    #[error("it has {len} bytes, the limit is {max}")]
    TooLong {
        /// How many bytes it has.
        len: usize,
        /// How many it may have.
        max: usize,
    },
    /// A control or format character: it could end a line of the stream or hide in a log.
    #[error("it holds the character U+{:04X}, which may not stand in a name", *.0 as u32)]
    Forbidden(char),
}

/// Checks that `text` is neither empty nor longer than `max` bytes, and free of C0, DEL, C1 and
/// format (`Cf`) characters (Mercure draft 8, "Topics"; protocol items 30 and 31).
///
/// # Errors
/// The first rule that it breaks.
pub fn check_text(text: &str, max: usize) -> Result<(), TextError> {
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.len() > max {
        return Err(TextError::TooLong {
            len: text.len(),
            max,
        });
    }
    match text.chars().find(|&c| c.is_control() || is_format(c)) {
        Some(c) => Err(TextError::Forbidden(c)),
        None => Ok(()),
    }
}

/// Unicode general category `Cf`, Unicode 16.
const FORMAT: [(u32, u32); 21] = [
    (0x00AD, 0x00AD),
    (0x0600, 0x0605),
    (0x061C, 0x061C),
    (0x06DD, 0x06DD),
    (0x070F, 0x070F),
    (0x0890, 0x0891),
    (0x08E2, 0x08E2),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x2064),
    (0x2066, 0x206F),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0x110BD, 0x110BD),
    (0x110CD, 0x110CD),
    (0x13430, 0x1343F),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0001, 0xE0001),
    (0xE0020, 0xE007F),
];

fn is_format(c: char) -> bool {
    let c = u32::from(c);
    c >= FORMAT[0].0
        && FORMAT
            .iter()
            .any(|&(first, last)| (first..=last).contains(&c))
}

#[cfg(test)]
mod tests {
    use super::{TextError, check_text};

    #[test]
    fn a_name_may_hold_what_people_write() {
        for text in [
            "a",
            "https://quakes.example/ci",
            "élan vital",
            "名前",
            "a b",
            "#x",
            "👩",
        ] {
            assert_eq!(check_text(text, 100), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn a_name_may_not_hold_what_breaks_a_line_or_hides() {
        for c in [
            '\0',
            '\n',
            '\r',
            '\t',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{200b}',
            '\u{feff}',
            '\u{e0020}',
        ] {
            let text = alloc::format!("a{c}b");
            assert_eq!(check_text(&text, 100), Err(TextError::Forbidden(c)));
        }
    }

    #[test]
    fn a_name_is_neither_empty_nor_too_long() {
        assert_eq!(check_text("", 4), Err(TextError::Empty));
        assert_eq!(check_text("four", 4), Ok(()));
        assert_eq!(
            check_text("fives", 4),
            Err(TextError::TooLong { len: 5, max: 4 })
        );
    }
}
