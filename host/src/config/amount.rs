//! Numbers with units, as people write them: `1MiB`, `100ms`, `50/s`.

use std::time::Duration;

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// It does not start with a number.
    #[error("\"{0}\" does not start with a whole number")]
    Number(String),
    /// A number alone where a unit is needed.
    #[error("\"{0}\" has no unit; write one of {1}")]
    NoUnit(String, String),
    /// A unit that is not known.
    #[error("\"{0}\" is not a unit; write one of {1}")]
    Unit(String, String),
    /// More than 64 bits hold.
    #[error("\"{0}\" is too large")]
    TooLarge(String),
}

type Units = [(&'static str, u64)];

const BYTES: &Units = &[
    ("B", 1),
    ("kB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
];
const MILLISECONDS: &Units = &[
    ("ms", 1),
    ("s", 1_000),
    ("m", 60_000),
    ("h", 3_600_000),
    ("d", 86_400_000),
];
const PER_SECOND: &Units = &[("/s", 1)];
const PERCENT: &Units = &[("%", 1)];
const PER_HOUR: &Units = &[("/s", 3_600), ("/m", 60), ("/h", 1)];

/// Bytes, written as `1MiB`, `16kB` or as a bare number.
///
/// # Errors
/// Where `text` is no such amount.
pub fn parse_bytes(text: &str) -> Result<u64, AmountError> {
    text.parse().or_else(|_| parse(text, BYTES))
}

/// A duration, written as `100ms`, `10s`, `24h`. A bare number is refused: it would be guessed wrong.
///
/// # Errors
/// Where `text` is no such amount.
pub fn parse_duration(text: &str) -> Result<Duration, AmountError> {
    parse(text, MILLISECONDS).map(Duration::from_millis)
}

/// A rate, written as `50/s`, `600/m` or `10/h`, as the time between two; a bare number is per second.
///
/// # Errors
/// Where `text` is no such amount, or is zero.
pub fn parse_interval(text: &str) -> Result<Duration, AmountError> {
    let spelled = if text.contains('/') {
        text.to_owned()
    } else {
        format!("{text}/s")
    };
    match parse(&spelled, PER_HOUR)? {
        0 => Err(AmountError::Number(text.to_owned())),
        per_hour => Ok(Duration::from_secs_f64(3600.0 / to_f64(per_hour))),
    }
}

/// A rate per second, written as `50/s`.
///
/// # Errors
/// Where `text` is no such amount.
pub fn parse_rate(text: &str) -> Result<u64, AmountError> {
    parse(text, PER_SECOND)
}

/// A share of a whole, written as `25%`, in percent.
///
/// # Errors
/// Where `text` is no such amount.
pub fn parse_percent(text: &str) -> Result<u64, AmountError> {
    parse(text, PERCENT)
}

fn parse(text: &str, units: &Units) -> Result<u64, AmountError> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = (&text[..end], text[end..].trim_start());
    if digits.is_empty() {
        return Err(AmountError::Number(text.to_owned()));
    }
    let Some(&(_, factor)) = units.iter().find(|(name, _)| *name == unit) else {
        let known = units
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(", ");
        return Err(match unit {
            "" => AmountError::NoUnit(text.to_owned(), known),
            unit => AmountError::Unit(unit.to_owned(), known),
        });
    };
    digits
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| AmountError::TooLarge(text.to_owned()))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a rate past 2^53 an hour needs no exact interval"
)]
fn to_f64(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{parse_bytes, parse_duration, parse_interval, parse_percent, parse_rate};

    #[test]
    fn sizes_are_read_with_decimal_and_binary_units() {
        for (text, bytes) in [
            ("0", 0),
            ("4096", 4096),
            ("1MiB", 1 << 20),
            ("16 KiB", 16 << 10),
            ("2kB", 2000),
            ("3GiB", 3 << 30),
            ("7B", 7),
        ] {
            assert_eq!(parse_bytes(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(parse_duration("100ms"), Ok(Duration::from_millis(100)));
        assert_eq!(parse_duration("24h"), Ok(Duration::from_secs(86_400)));
        let error = parse_duration("15").unwrap_err().to_string();
        assert_eq!(error, "\"15\" has no unit; write one of ms, s, m, h, d");
    }

    #[test]
    fn rates_become_the_time_between_two() {
        assert_eq!(parse_interval("50/s"), Ok(Duration::from_millis(20)));
        assert_eq!(parse_interval("50"), Ok(Duration::from_millis(20)));
        assert_eq!(parse_interval("60/m"), Ok(Duration::from_secs(1)));
        assert!(parse_interval("0/s").is_err());
    }

    #[test]
    fn rates_and_shares_need_their_signs() {
        assert_eq!((parse_rate("100/s"), parse_rate("0 /s")), (Ok(100), Ok(0)));
        assert_eq!(parse_percent("25%"), Ok(25));
        let errors = (parse_rate("100/m"), parse_percent("25"));
        assert_eq!(
            errors.0.unwrap_err().to_string(),
            "\"/m\" is not a unit; write one of /s"
        );
        assert_eq!(
            errors.1.unwrap_err().to_string(),
            "\"25\" has no unit; write one of %"
        );
    }

    #[test]
    fn what_is_no_amount_says_why() {
        for (text, why) in [
            ("", "\"\" does not start with a whole number"),
            ("-1s", "\"-1s\" does not start with a whole number"),
            ("MiB", "\"MiB\" does not start with a whole number"),
            (
                "1mib",
                "\"mib\" is not a unit; write one of B, kB, KiB, MB, MiB, GB, GiB",
            ),
            (
                "1.5MiB",
                "\".5MiB\" is not a unit; write one of B, kB, KiB, MB, MiB, GB, GiB",
            ),
            ("99999999999GiB", "\"99999999999GiB\" is too large"),
        ] {
            assert_eq!(parse_bytes(text).unwrap_err().to_string(), why, "{text}");
        }
    }
}
