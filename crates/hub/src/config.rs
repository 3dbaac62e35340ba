//! What the operator decides about the hub.

use std::time::Duration;

/// What the operator decides about the hub.
#[derive(Clone, Debug)]
pub struct HubConfig {
    /// Threads that serve connections; at least 1.
    pub shards: usize,
    /// Seed of everything that is spread or jittered.
    pub seed: u64,
    /// How streams live.
    pub stream: StreamConfig,
    /// Ceilings of every mailbox.
    pub mailbox: MailboxConfig,
    /// Bounds of the whole.
    pub limits: LimitsConfig,
}

/// How streams live.
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
pub struct MailboxConfig {
    /// Events that may wait.
    pub events_max: u32,
    /// Bytes that may wait.
    pub bytes_max: u32,
}

/// Bounds of the whole.
#[derive(Clone, Debug)]
pub struct LimitsConfig {
    /// Subscribers of a tenant; 0: no limit.
    pub subscribers_max: usize,
    /// How long a publisher waits for a lagging shard before it is turned away.
    pub publishers_wait: Duration,
    /// Events that a shard may lag before publishers wait.
    pub lag_events_max: u64,
    /// Bytes that a shard may lag before publishers wait.
    pub lag_bytes_max: u64,
}

impl Default for HubConfig {
    fn default() -> Self {
        Self {
            shards: 1,
            seed: 0,
            stream: StreamConfig::default(),
            mailbox: MailboxConfig::default(),
            limits: LimitsConfig::default(),
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
            publishers_wait: Duration::from_secs(5),
            lag_events_max: 65_536,
            lag_bytes_max: 64 << 20,
        }
    }
}
