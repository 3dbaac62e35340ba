//! `[log]`: what is retained.

use std::time::Duration;

use super::reader::Reader;

const EVENTS_MAX: u64 = 1_000_000_000;
const BYTES_MAX: u64 = 1 << 40;
const AGE_MAX: Duration = Duration::from_secs(3650 * 24 * 3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// What the memory log retains: whichever bound is met first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// Events.
    pub retain_events_max: u64,
    /// Bytes.
    pub retain_bytes_max: u64,
    /// Age of an event.
    pub retain_age_max: Duration,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            retain_events_max: 100_000,
            retain_bytes_max: 256 << 20,
            retain_age_max: DAY,
        }
    }
}

impl LogConfig {
    /// Reads the section; what it does not say is as in `base`.
    pub(super) fn read(reader: &mut Reader<'_>, base: &Self) -> Self {
        kind(reader);
        let (events, bytes) = (1..=EVENTS_MAX, 1..=BYTES_MAX);
        let age = Duration::from_millis(1)..=AGE_MAX;
        Self {
            retain_events_max: reader.count("log.retain-events", base.retain_events_max, events),
            retain_bytes_max: reader.bytes("log.retain-bytes", base.retain_bytes_max, bytes),
            retain_age_max: reader.duration("log.retain-age", base.retain_age_max, age),
        }
    }
}

fn kind(reader: &mut Reader<'_>) {
    match reader.text("log.kind") {
        None | Some("memory") => {}
        // The flag --log has the place in the same word: disk:DIR, nats:URL.
        Some(kind) if matches!(kind.split(':').next(), Some("disk" | "nats")) => {
            reader.fault(
                "log.kind",
                "not supported by this build yet",
                "use \"memory\" for now",
            );
        }
        Some(kind) => {
            reader.fault(
                "log.kind",
                format!("\"{kind}\" is no log"),
                "use \"memory\"",
            );
        }
    }
}
