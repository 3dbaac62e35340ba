//! `[limits]`: bounds on what the clients of a tenant may do.

use std::fmt::Debug;
use std::ops::RangeInclusive;
use std::time::Duration;

use super::reader::Reader;

pub(super) const COUNT_MAX: u64 = 100_000_000;
const NAME_BYTES_MAX: u64 = 64 << 10;
const EVENT_BYTES_MAX: u64 = 256 << 20;
const COMPONENT_BYTES_MIN: u64 = 1024;
const COMPONENT_BYTES_MAX: u64 = 1 << 30;
const LAG_BYTES_MAX: u64 = 1 << 40;
const MOMENT: Duration = Duration::from_millis(10);
const HOUR: Duration = Duration::from_secs(3600);

/// Bounds on what the clients of a tenant may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Subscribers at a time; 0: no limit.
    pub subscribers_max: usize,
    /// Subscribers at a time from one address; 0: no limit.
    pub subscribers_per_address_max: usize,
    /// Selectors of one subscription.
    pub selectors_max: usize,
    /// Bytes of one selector, in requests and tokens.
    pub selector_bytes_max: usize,
    /// Topics of one event.
    pub topics_max: usize,
    /// Bytes of one topic.
    pub topic_bytes_max: usize,
    /// Bytes of the data of one event.
    pub event_bytes_max: usize,
    /// Events that may be published in a second; 0: no limit.
    pub publish_rate_max: u32,
    /// Bytes of one component.
    pub component_bytes_max: usize,
    /// How long a publisher waits for a lagging shard before it is turned away.
    pub publishers_wait: Duration,
    /// Events that a shard may lag before publishers wait.
    pub lag_events_max: u64,
    /// Bytes that a shard may lag before publishers wait.
    pub lag_bytes_max: u64,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            subscribers_max: 0,
            subscribers_per_address_max: 0,
            selectors_max: 100,
            selector_bytes_max: 4096,
            topics_max: 100,
            topic_bytes_max: 4096,
            event_bytes_max: 1 << 20,
            publish_rate_max: 0,
            component_bytes_max: 32 << 20,
            publishers_wait: Duration::from_secs(5),
            lag_events_max: 65_536,
            lag_bytes_max: 64 << 20,
        }
    }
}

impl LimitsConfig {
    /// Reads the section at the top of the file.
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let ceiling = false;
        LimitReader { reader, ceiling }.read(&Self::default())
    }

    /// Reads the section of a tenant, which may lower what `server` says.
    pub(super) fn read_below(reader: &mut Reader<'_>, server: &Self) -> Self {
        let ceiling = true;
        LimitReader { reader, ceiling }.read(server)
    }

    /// What the hub itself needs of them.
    pub fn hub(&self) -> umbel_hub::LimitsConfig {
        umbel_hub::LimitsConfig {
            subscribers_max: self.subscribers_max,
            publish_rate_max: self.publish_rate_max,
            topics_max: self.topics_max,
            topic_bytes_max: self.topic_bytes_max,
            event_bytes_max: self.event_bytes_max,
            publishers_wait: self.publishers_wait,
            lag_events_max: self.lag_events_max,
            lag_bytes_max: self.lag_bytes_max,
        }
    }
}

/// Reads limits, each over the one that holds where nothing is said.
struct LimitReader<'r, 'a> {
    reader: &'r mut Reader<'a>,
    /// Whether that one may not be exceeded.
    ceiling: bool,
}

impl LimitReader<'_, '_> {
    fn read(mut self, base: &LimitsConfig) -> LimitsConfig {
        let names = 1..=NAME_BYTES_MAX;
        let component = COMPONENT_BYTES_MIN..=COMPONENT_BYTES_MAX;
        LimitsConfig {
            subscribers_max: self.open_count("limits.subscribers", base.subscribers_max),
            subscribers_per_address_max: self.open_count(
                "limits.subscribers-per-address",
                base.subscribers_per_address_max,
            ),
            selectors_max: size(self.count("limits.selectors", base.selectors_max as u64)),
            selector_bytes_max: self.bytes(
                "limits.selector-bytes",
                base.selector_bytes_max,
                names.clone(),
            ),
            topics_max: size(self.count("limits.topics", base.topics_max as u64)),
            topic_bytes_max: self.bytes("limits.topic-bytes", base.topic_bytes_max, names),
            event_bytes_max: self.bytes(
                "limits.event-bytes",
                base.event_bytes_max,
                1..=EVENT_BYTES_MAX,
            ),
            publish_rate_max: self.rate("limits.publish-rate", base.publish_rate_max),
            component_bytes_max: self.bytes(
                "limits.component-bytes",
                base.component_bytes_max,
                component,
            ),
            publishers_wait: self.time("limits.publishers-wait", base.publishers_wait),
            lag_events_max: self.count("limits.max-lag-events", base.lag_events_max),
            lag_bytes_max: self.lag_bytes(base.lag_bytes_max),
        }
    }

    fn count(&mut self, path: &str, base: u64) -> u64 {
        let count = self.reader.count(path, base, 1..=COUNT_MAX);
        self.capped(path, count, base)
    }

    /// A count of which 0 means that there is no limit.
    fn open_count(&mut self, path: &str, base: usize) -> usize {
        let count = self.reader.count(path, base as u64, 0..=COUNT_MAX);
        size(self.capped_unless_none(path, count, base as u64))
    }

    fn rate(&mut self, path: &str, base: u32) -> u32 {
        let rate = self.reader.rate(path, base.into(), 0..=COUNT_MAX);
        let rate = self.capped_unless_none(path, rate, base.into());
        u32::try_from(rate).unwrap_or(u32::MAX)
    }

    fn bytes(&mut self, path: &str, base: usize, range: RangeInclusive<u64>) -> usize {
        let bytes = self.reader.bytes(path, base as u64, range);
        size(self.capped(path, bytes, base as u64))
    }

    fn lag_bytes(&mut self, base: u64) -> u64 {
        let path = "limits.max-lag-bytes";
        let bytes = self.reader.bytes(path, base, 1..=LAG_BYTES_MAX);
        self.capped(path, bytes, base)
    }

    fn time(&mut self, path: &str, base: Duration) -> Duration {
        let time = self.reader.duration(path, base, MOMENT..=HOUR);
        self.capped(path, time, base)
    }

    fn capped<T: Copy + PartialOrd + Debug>(&mut self, path: &str, value: T, base: T) -> T {
        if !self.ceiling || value <= base {
            return value;
        }
        self.reader.fault(
            path,
            format!("over the server's limit of {base:?}, which a tenant may lower, not raise"),
            format!("lower it, or raise {path} at the top of the file"),
        );
        base
    }

    /// The same where 0 means that there is no limit.
    fn capped_unless_none(&mut self, path: &str, value: u64, base: u64) -> u64 {
        match (value, base) {
            (_, 0) => value,
            (0, _) if self.ceiling => self.capped(path, u64::MAX, base),
            _ => self.capped(path, value, base),
        }
    }
}

/// Every bound above fits; a target with smaller addresses gets the most that it has.
pub(super) fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
