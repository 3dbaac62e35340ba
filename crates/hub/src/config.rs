//! What the operator decides about the hub.

use std::time::Duration;

/// What the operator decides about the whole process.
#[derive(Clone, Copy, Debug)]
pub struct HubConfig {
    /// Threads that serve connections; at least 1.
    pub shards: usize,
    /// Seed of everything that is spread or jittered.
    pub seed: u64,
}

/// What the operator decides about one tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenantConfig {
    /// How streams live.
    pub stream: StreamConfig,
    /// Ceilings of every mailbox.
    pub mailbox: MailboxConfig,
    /// Bounds of the whole.
    pub limits: LimitsConfig,
    /// What its components may cost, and what happens where they fail.
    pub components: ComponentsConfig,
}

/// What the components of a tenant may cost, and what happens where they fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComponentsConfig {
    /// CPU time of one call: what slices of a re-join, and the burst of the share, are measured by.
    pub deadline: Duration,
    /// Percent of a shard's time that all calls together may take; 100: no limit. Where there is one
    /// tenant there is none either.
    pub share_percent: u32,
    /// What becomes of an event that the policy fails on.
    pub policy_on_failure: OnFailure,
    /// What becomes of a publication that the admission filter fails on.
    pub filter_on_failure: OnFailure,
}

/// What happens where a component fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// What it was to decide on goes nowhere, and those concerned are told.
    #[default]
    Closed,
    /// The hub's own rules decide: the built-in policy routes, a publication passes.
    Open,
}

/// How streams live.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamConfig {
    /// Silence after which a comment is written (T6).
    pub heartbeat: Duration,
    /// Longest life of a stream; each ends at a point of its own between 80 and 100 % of it (T11).
    pub age: Duration,
    /// What clients are told to wait before they reconnect.
    pub retry: Duration,
    /// How long a client may take nothing of what waits for it.
    pub write_timeout: Duration,
    /// Whether a client that was filtered away gets id-only checkpoints.
    pub checkpoint: bool,
}

/// Ceilings of every mailbox, whatever the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxConfig {
    /// Events that may wait.
    pub events_max: u32,
    /// Bytes that may wait.
    pub bytes_max: u32,
}

/// Bounds of one tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Subscribers of a tenant; 0: no limit.
    pub subscribers_max: usize,
    /// Events that may be published in a second, and as many at once; 0: no limit.
    pub publish_rate_max: u32,
    /// Topics of an event that a filter puts in the place of another.
    pub topics_max: usize,
    /// Bytes of one such topic.
    pub topic_bytes_max: usize,
    /// Bytes of a payload that a filter makes.
    pub event_bytes_max: usize,
    /// How long a publisher waits for a lagging shard before it is turned away.
    pub publishers_wait: Duration,
    /// Events that a shard may lag before publishers wait.
    pub lag_events_max: u64,
    /// Bytes that a shard may lag before publishers wait.
    pub lag_bytes_max: u64,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self { shards: 1, seed: 0 }
    }
}

impl Default for ComponentsConfig {
    fn default() -> Self {
        Self {
            deadline: Duration::from_millis(10),
            share_percent: 25,
            policy_on_failure: OnFailure::Closed,
            filter_on_failure: OnFailure::Closed,
        }
    }
}

impl Default for StreamConfig {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(15),
            age: Duration::from_secs(3600),
            retry: Duration::from_secs(2),
            write_timeout: Duration::from_secs(10),
            checkpoint: true,
        }
    }
}

impl Default for MailboxConfig {
    fn default() -> Self {
        Self {
            events_max: 1024,
            bytes_max: 1 << 20,
        }
    }
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            subscribers_max: 0,
            publish_rate_max: 0,
            topics_max: 100,
            topic_bytes_max: 4096,
            event_bytes_max: 1 << 20,
            publishers_wait: Duration::from_secs(5),
            lag_events_max: 65_536,
            lag_bytes_max: 64 << 20,
        }
    }
}
