//! Words and numbers for people.

use std::time::Duration;

/// Bytes of a text of a component that are shown.
const SHOWN_BYTES_MAX: usize = 1_024;

/// What a component says of itself goes to a terminal: without what would move its cursor, and cut.
pub(super) fn printable(text: &str) -> String {
    let text = &text[..text.floor_char_boundary(SHOWN_BYTES_MAX)];
    text.chars().filter(|c| !c.is_control()).collect()
}

/// A number of bytes, as exact as people read it.
pub(super) fn bytes(count: u64) -> String {
    match count {
        0..1024 => format!("{count} B"),
        1024..1_048_576 => tenths(count, 1024, "KiB"),
        _ => tenths(count, 1_048_576, "MiB"),
    }
}

/// A time in the unit that suits it.
pub(super) fn time(nanoseconds: u64) -> String {
    let time = Duration::from_nanos(nanoseconds);
    format!("{time:.1?}")
}

/// What there is so many times.
pub(super) fn count(number: u64, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{number} {one}{s}")
}

fn tenths(count: u64, unit: u64, name: &str) -> String {
    let tenths = count * 10 / unit;
    match tenths % 10 {
        0 => format!("{} {name}", tenths / 10),
        rest => format!("{}.{rest} {name}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, count, printable, time};

    #[test]
    fn numbers_are_told_in_the_unit_that_suits_them() {
        assert_eq!(
            [0, 1023, 36_864, 37_000, 64 << 20, 3 << 19].map(bytes),
            ["0 B", "1023 B", "36 KiB", "36.1 KiB", "64 MiB", "1.5 MiB"]
        );
        assert_eq!(
            [170, 12_400, 7_000_000].map(time),
            ["170.0ns", "12.4µs", "7.0ms"]
        );
        assert_eq!(
            (count(1, "event"), count(2, "event")),
            ("1 event".into(), "2 events".into())
        );
    }

    #[test]
    fn no_word_of_a_component_moves_the_cursor() {
        assert_eq!(printable("mine\u{1b}[2J\r\n"), "mine[2J");
        assert_eq!(printable(&"é".repeat(1000)).len(), 1024);
    }
}
