//! The configuration of the default policy.

use crate::{MailboxBounds, Verdict, WhenFull};

const EVENTS_DEFAULT: u32 = 1024;
const BYTES_DEFAULT: u32 = 1 << 20;
const COUNT_ALLOWED: &str = "a whole number from 1 to 4294967295";
const SIZE_ALLOWED: &str = "a number of bytes below 4GiB, such as 65536, 64KiB or 1MiB";
const KEYS: &str = "events, bytes, when-full, overflow";
/// What is quoted of a wrong value; the rest adds nothing.
const QUOTED_CHARS_MAX: usize = 60;

/// What the operator configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RouterSettings {
    /// The mailbox that every subscriber is given.
    pub(crate) bounds: MailboxBounds,
    /// The answer to every full mailbox, where the host asks.
    pub(crate) overflow: Verdict,
}

/// The configuration as written: each key at most once.
#[derive(Default)]
struct Written {
    events: Option<u32>,
    bytes: Option<u32>,
    when_full: Option<WhenFull>,
    overflow: Option<Verdict>,
}

impl RouterSettings {
    /// Reads `key = value` lines. A value may be quoted; `#` begins a comment.
    ///
    /// # Errors
    /// The line, the key, and what it may be.
    pub(crate) fn parse(config: &str) -> Result<Self, String> {
        let mut written = Written::default();
        for (text, number) in config.lines().zip(1..) {
            written
                .read(text)
                .map_err(|why| format!("line {number}: {why}"))?;
        }
        written.settle()
    }
}

impl Written {
    fn read(&mut self, line: &str) -> Result<(), String> {
        let line = without_comment(line).trim();
        if line.is_empty() {
            return Ok(());
        }
        let Some((key, value)) = line.split_once('=') else {
            return Err(format!("{} is not `key = value`", quote(line)));
        };
        let (key, value) = (key.trim(), unquoted(value.trim()));
        match key {
            "events" => once(&mut self.events, key, value, count(value), COUNT_ALLOWED),
            "bytes" => once(&mut self.bytes, key, value, size(value), SIZE_ALLOWED),
            "when-full" => once(
                &mut self.when_full,
                key,
                value,
                when_full(value),
                &allowed(" or ask"),
            ),
            "overflow" => once(
                &mut self.overflow,
                key,
                value,
                Verdict::named(value),
                &allowed(""),
            ),
            _ => Err(format!("unknown key {}; there are: {KEYS}", quote(key))),
        }
    }

    fn settle(self) -> Result<RouterSettings, String> {
        let when_full = self.when_full.unwrap_or(WhenFull::Always(Verdict::CatchUp));
        if self.overflow.is_some() && when_full != WhenFull::Ask {
            return Err("overflow: only with when-full = ask, else nothing asks".to_owned());
        }
        Ok(RouterSettings {
            bounds: MailboxBounds {
                events_max: self.events.unwrap_or(EVENTS_DEFAULT),
                bytes_max: self.bytes.unwrap_or(BYTES_DEFAULT),
                when_full,
            },
            overflow: self.overflow.unwrap_or(Verdict::CatchUp),
        })
    }
}

/// Stores what `value` means under `key`.
fn once<T>(
    slot: &mut Option<T>,
    key: &str,
    value: &str,
    meaning: Option<T>,
    allowed: &str,
) -> Result<(), String> {
    if meaning.is_none() {
        return Err(format!("{key}: {} is not {allowed}", quote(value)));
    }
    match std::mem::replace(slot, meaning) {
        Some(_) => Err(format!("{key} is given twice")),
        None => Ok(()),
    }
}

fn count(value: &str) -> Option<u32> {
    value.parse().ok().filter(|n| *n > 0)
}

fn size(value: &str) -> Option<u32> {
    let digits = value.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit: u32 = match value[digits.len()..].trim() {
        "" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    count(digits)?.checked_mul(unit)
}

fn when_full(value: &str) -> Option<WhenFull> {
    match value {
        "ask" => Some(WhenFull::Ask),
        _ => Verdict::named(value).map(WhenFull::Always),
    }
}

/// The names of the verdicts, for an error.
fn allowed(and: &str) -> String {
    format!("one of {}{and}", Verdict::ALL.map(Verdict::name).join(", "))
}

/// What stands before the comment; a `#` within quotes begins none.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '#' => return &line[..at],
            None if c == '"' || c == '\'' => quote = Some(c),
            None => {}
        }
    }
    line
}

fn unquoted(value: &str) -> &str {
    let within = |q: char| value.strip_prefix(q).and_then(|v| v.strip_suffix(q));
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

fn quote(text: &str) -> String {
    format!(
        "{:?}",
        text.chars().take(QUOTED_CHARS_MAX).collect::<String>()
    )
}

#[cfg(test)]
mod tests;
