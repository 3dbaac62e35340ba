//! A share of the subscribers.

use std::fmt;
use std::str::FromStr;

/// A whole number of percent, 0 to 100.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share(u8);

/// Why a text is no share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no share; write a whole number of percent from 0 to 100, as 10%")]
pub struct ShareError(String);

impl Share {
    /// Of everyone who is counted before `index`, so many belong to the share.
    pub fn of(self, index: usize) -> usize {
        // In two steps, so that no number of subscribers overflows.
        let percent = usize::from(self.0);
        index / 100 * percent + index % 100 * percent / 100
    }

    /// Whether the one with this index belongs to it. Those who do are spread evenly.
    pub fn holds(self, index: usize) -> bool {
        self.of(index + 1) > self.of(index)
    }

    /// In percent.
    pub fn percent(self) -> u8 {
        self.0
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Self, ShareError> {
        let number = text.trim().trim_end_matches('%').trim_end();
        match number.parse() {
            Ok(percent @ 0..=100) => Ok(Self(percent)),
            _ => Err(ShareError(text.to_owned())),
        }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Share;

    #[test]
    fn a_share_is_written_with_or_without_its_sign() {
        for (text, percent) in [("10%", 10), ("10", 10), (" 100 % ", 100), ("0", 0)] {
            assert_eq!(text.parse(), Ok(Share(percent)), "{text}");
        }
        for text in ["", "%", "101", "-1", "1.5", "ten"] {
            assert!(text.parse::<Share>().is_err(), "{text}");
        }
    }

    #[test]
    fn who_belongs_to_it_is_spread_evenly() {
        for percent in [0, 1, 10, 33, 50, 99, 100] {
            let share = Share(percent);
            for count in [1, 10, 100, 1000] {
                let held = (0..count).filter(|&n| share.holds(n)).count();
                assert_eq!(held, count * usize::from(percent) / 100);
            }
            let held = (500..600).filter(|&n| share.holds(n)).count();
            assert_eq!(held, usize::from(percent), "any hundred in a row");
        }
        assert_eq!(Share(100).of(usize::MAX), usize::MAX);
    }
}
