//! What a payload says of itself.

use std::time::Duration;

/// Stands in front of every payload, as hexadecimal digits of fixed width; dots follow up to the size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Of which run: a hub may hold events of earlier ones.
    pub run: u32,
    /// Counted from 0 over all topics.
    pub sequence: u64,
    /// When it was due, from the beginning of the run, in whole nanoseconds.
    pub due: Duration,
}

impl Stamp {
    /// Bytes of a stamp, and so of the shortest payload.
    pub const LEN: usize = 8 + 1 + 16 + 1 + 16;

    /// A payload of `size` bytes; of [`Self::LEN`] where that is more.
    pub fn payload(self, size: usize) -> String {
        let due = u64::try_from(self.due.as_nanos()).unwrap_or(u64::MAX);
        let stamp = format!("{:08x} {:016x} {due:016x}", self.run, self.sequence);
        format!("{stamp:.<size$}")
    }

    /// What a payload of [`Self::payload`] says; none where it is something else.
    pub fn parse(payload: &str) -> Option<Self> {
        let stamp = payload.as_bytes().get(..Self::LEN)?;
        if stamp[8] != b' ' || stamp[25] != b' ' {
            return None;
        }
        Some(Self {
            run: u32::try_from(hex(&stamp[..8])?).ok()?,
            sequence: hex(&stamp[9..25])?,
            due: Duration::from_nanos(hex(&stamp[26..])?),
        })
    }
}

/// At most 16 digits.
fn hex(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |value, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(value << 4 | u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Stamp;

    const STAMP: Stamp = Stamp {
        run: 0xbeef,
        sequence: 42,
        due: Duration::from_nanos(1_234_567_890_123),
    };

    #[test]
    fn a_payload_says_what_it_was_made_of() {
        for size in [0, Stamp::LEN, 100, 4_096] {
            let payload = STAMP.payload(size);
            assert_eq!(payload.len(), size.max(Stamp::LEN));
            assert_eq!(Stamp::parse(&payload), Some(STAMP));
        }
    }

    #[test]
    fn other_payloads_are_not_mistaken_for_one() {
        let payload = STAMP.payload(60);
        for other in [
            "",
            "{\"a\":1}",
            &payload[..Stamp::LEN - 1],
            &payload[1..],
            &payload.replace(' ', "-"),
            &payload.replace("beef", "beex"),
            &"é".repeat(60),
        ] {
            assert_eq!(Stamp::parse(other), None, "{other}");
        }
    }
}
