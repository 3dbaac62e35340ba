//! `[mailbox]`: ceilings of every mailbox, and what the built-in policy gives each.

use umbel_routing::{Verdict, WhenFull};

use super::reader::Reader;

const EVENTS_MAX: u64 = 1 << 20;

/// Ceilings of every mailbox, and what the built-in policy gives each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailboxConfig {
    /// Events that may wait.
    pub events_max: u32,
    /// Bytes that may wait.
    pub bytes_max: u32,
    /// What the built-in policy does past either.
    pub when_full: WhenFull,
}

impl Default for MailboxConfig {
    fn default() -> Self {
        let hub = umbel_hub::MailboxConfig::default();
        Self {
            events_max: hub.events_max,
            bytes_max: hub.bytes_max,
            when_full: WhenFull::Always(Verdict::CatchUp),
        }
    }
}

impl MailboxConfig {
    /// Reads the section; what it does not say is as in `base`.
    pub(super) fn read(reader: &mut Reader<'_>, base: &Self) -> Self {
        let bytes = reader.bytes("mailbox.bytes", base.bytes_max.into(), 1..=u32::MAX.into());
        let events = reader.count("mailbox.events", base.events_max.into(), 1..=EVENTS_MAX);
        let hint = "one of drop-newest, drop-oldest, conflate, catch-up, disconnect, ask";
        let when_full = reader.parsed("mailbox.when-full", hint, when_full);
        Self {
            events_max: u32::try_from(events).unwrap_or(u32::MAX),
            bytes_max: u32::try_from(bytes).unwrap_or(u32::MAX),
            when_full: when_full.unwrap_or(base.when_full),
        }
    }

    /// What the hub itself needs of it.
    pub fn hub(self) -> umbel_hub::MailboxConfig {
        umbel_hub::MailboxConfig {
            events_max: self.events_max,
            bytes_max: self.bytes_max,
        }
    }

    /// The same as keys of the built-in policy's own configuration.
    pub(super) fn to_toml(self) -> toml::Table {
        let when_full = match self.when_full {
            WhenFull::Always(verdict) => verdict.name(),
            WhenFull::Ask => ASK,
        };
        toml::Table::from_iter([
            ("events".to_owned(), i64::from(self.events_max).into()),
            ("bytes".to_owned(), i64::from(self.bytes_max).into()),
            ("when-full".to_owned(), when_full.into()),
        ])
    }
}

const ASK: &str = "ask";

fn when_full(text: &str) -> Result<WhenFull, String> {
    match Verdict::named(text) {
        Some(verdict) => Ok(WhenFull::Always(verdict)),
        None if text == ASK => Ok(WhenFull::Ask),
        None => Err(format!("\"{text}\" is no verdict")),
    }
}
