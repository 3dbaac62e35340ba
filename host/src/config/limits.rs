//! `[limits]`: bounds on what clients may do.

use std::time::Duration;

use super::reader::Reader;

const COUNT_MAX: u64 = 100_000_000;
const NAME_BYTES_MAX: u64 = 64 << 10;
const EVENT_BYTES_MAX: u64 = 256 << 20;
const HEADER_BYTES_MAX: u64 = 1 << 20;
const COMPONENT_BYTES_MAX: u64 = 1 << 30;
const LAG_BYTES_MAX: u64 = 1 << 40;
const MOMENT: Duration = Duration::from_millis(10);
const HOUR: Duration = Duration::from_secs(3600);

/// Bounds on what clients may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Connections; 0: what `RLIMIT_NOFILE` allows.
    pub connections_max: usize,
    /// Subscribers of a tenant; 0: no limit of its own.
    pub subscribers_max: usize,
    /// Selectors of one subscription.
    pub selectors_max: usize,
    /// Bytes of one selector, in requests and tokens.
    pub selector_bytes_max: usize,
    /// Topics of one event.
    pub topics_max: usize,
    /// Bytes of one topic.
    pub topic_bytes_max: usize,
    /// Bytes of one publication's body.
    pub event_bytes_max: usize,
    /// Bytes of one request's head.
    pub header_bytes_max: usize,
    /// How long a head may take, from its first byte.
    pub header_timeout: Duration,
    /// How long a connection may do nothing between requests.
    pub idle_timeout: Duration,
    /// Bytes of one component.
    pub component_bytes_max: usize,
    /// How long a publisher waits for a lagging shard before it is turned away.
    pub publishers_wait: Duration,
    /// Events that a shard may lag before publishers wait.
    pub lag_events_max: u64,
    /// Bytes that a shard may lag before publishers wait.
    pub lag_bytes_max: u64,
}

impl LimitsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let mut count = |path, default, least| size(reader.count(path, default, least..=COUNT_MAX));
        let connections_max = count("limits.connections", 0, 0);
        let subscribers_max = count("limits.subscribers", 0, 0);
        let selectors_max = count("limits.selectors", 100, 1);
        let topics_max = count("limits.topics", 100, 1);
        let lag_events_max = reader.count("limits.max-lag-events", 65_536, 1..=COUNT_MAX);
        let mut bytes = |path, default, least, most| reader.bytes(path, default, least..=most);
        Self {
            connections_max,
            subscribers_max,
            selectors_max,
            selector_bytes_max: size(bytes("limits.selector-bytes", 4096, 1, NAME_BYTES_MAX)),
            topics_max,
            topic_bytes_max: size(bytes("limits.topic-bytes", 4096, 1, NAME_BYTES_MAX)),
            event_bytes_max: size(bytes("limits.event-bytes", 1 << 20, 1, EVENT_BYTES_MAX)),
            header_bytes_max: size(bytes(
                "limits.header-bytes",
                16 << 10,
                1024,
                HEADER_BYTES_MAX,
            )),
            component_bytes_max: size(bytes(
                "limits.component-bytes",
                32 << 20,
                1024,
                COMPONENT_BYTES_MAX,
            )),
            lag_events_max,
            lag_bytes_max: bytes("limits.max-lag-bytes", 64 << 20, 1, LAG_BYTES_MAX),
            header_timeout: seconds(reader, "limits.header-timeout", 10),
            idle_timeout: seconds(reader, "limits.idle-timeout", 75),
            publishers_wait: seconds(reader, "limits.publishers-wait", 5),
        }
    }

    /// What the hub itself needs of them.
    pub(super) fn hub(&self) -> umbel_hub::LimitsConfig {
        umbel_hub::LimitsConfig {
            subscribers_max: self.subscribers_max,
            publish_rate_max: 0,
            topics_max: self.topics_max,
            topic_bytes_max: self.topic_bytes_max,
            event_bytes_max: self.event_bytes_max,
            publishers_wait: self.publishers_wait,
            lag_events_max: self.lag_events_max,
            lag_bytes_max: self.lag_bytes_max,
        }
    }
}

fn seconds(reader: &mut Reader<'_>, path: &str, default_s: u64) -> Duration {
    reader.duration(path, Duration::from_secs(default_s), MOMENT..=HOUR)
}

/// Every bound above fits; a target with smaller addresses gets the most that it has.
fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
