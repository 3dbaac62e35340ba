//! The metrics of one tenant: every label is a closed set, so that memory stays flat.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use umbel_routing::FaultClass;

use super::PolicyInfo;
use super::histogram::{BUCKETS, MergedHistogram};

/// Upper bounds of the delivery histogram, in milliseconds.
pub(crate) static DELIVERY_MS: [u64; BUCKETS - 1] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 60_000, 600_000,
];
/// Upper bounds of the mailbox histogram, in events.
pub(crate) static MAILBOX_EVENTS: [u64; BUCKETS - 1] = [
    1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384,
];
/// Upper bounds of the histograms of calls to components, in nanoseconds.
pub(crate) static CALL_NS: [u64; BUCKETS - 1] = [
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    100_000_000,
];
/// Upper bounds of the publish and append histograms, in microseconds.
pub(crate) static PUBLISH_US: [u64; BUCKETS - 1] = [
    10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000,
    5_000_000,
];

/// Why the guard dropped a client from an audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GuardDrop {
    /// The handle was never handed out.
    Unknown,
    /// Its user has just gone.
    Departed,
    /// The event is private and its token does not cover it.
    NotGranted,
    /// Listed twice for one event.
    Twice,
    /// The event was published before it joined.
    BeforeJoin,
    /// A view named it outside of the audience, or twice.
    OutsideAudience,
}

/// Why a subscriber left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeaveReason {
    /// Its connection closed.
    Client,
    /// It took nothing for the write timeout.
    Stalled,
    /// A verdict on its full mailbox.
    Slow,
    /// Its token expired.
    Expired,
    /// Its stream reached its age.
    Age,
    /// The hub shut down.
    Drain,
    /// The policy failed on it or no longer wanted it.
    Policy,
    /// An operator ended it.
    Operator,
}

/// What became of an attempt to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum JoinResult {
    /// Let in.
    Ok,
    /// Refused by the policy.
    Refused,
    /// The policy failed on it.
    Faulted,
    /// Over a limit.
    Full,
    /// The hub is shutting down.
    Closing,
}

/// What became of a published event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventResult {
    /// Logged.
    Accepted,
    /// Turned away because shards lag.
    Lagging,
    /// The log failed.
    LogFailed,
    /// The hub is shutting down.
    Closing,
    /// Over the rate of the tenant.
    TooFast,
    /// Refused by the admission filter.
    Refused,
    /// The admission filter failed on it.
    FilterFailed,
    /// What the admission filter put in its place may not be published.
    BadReplacement,
}

impl GuardDrop {
    pub(crate) const ALL: [(Self, &'static str); 6] = [
        (Self::Unknown, "unknown"),
        (Self::Departed, "departed"),
        (Self::NotGranted, "not-granted"),
        (Self::Twice, "twice"),
        (Self::BeforeJoin, "before-join"),
        (Self::OutsideAudience, "outside-audience"),
    ];
}

impl LeaveReason {
    pub(crate) const ALL: [(Self, &'static str); 8] = [
        (Self::Client, "client"),
        (Self::Stalled, "stalled"),
        (Self::Slow, "slow"),
        (Self::Expired, "expired"),
        (Self::Age, "age"),
        (Self::Drain, "drain"),
        (Self::Policy, "policy"),
        (Self::Operator, "operator"),
    ];
}

impl JoinResult {
    pub(crate) const ALL: [(Self, &'static str); 5] = [
        (Self::Ok, "ok"),
        (Self::Refused, "refused"),
        (Self::Faulted, "faulted"),
        (Self::Full, "full"),
        (Self::Closing, "closing"),
    ];
}

impl EventResult {
    pub(crate) const ALL: [(Self, &'static str); 8] = [
        (Self::Accepted, "accepted"),
        (Self::Lagging, "lagging"),
        (Self::LogFailed, "log-failed"),
        (Self::Closing, "closing"),
        (Self::TooFast, "too-fast"),
        (Self::Refused, "refused"),
        (Self::FilterFailed, "filter-failed"),
        (Self::BadReplacement, "bad-replacement"),
    ];
}

/// The metrics of one tenant, each looked up once.
pub(crate) struct TenantMetrics {
    pub(crate) subscribers: Gauge,
    pub(crate) catching_up_on: Vec<Gauge>,
    pub(crate) joins: Vec<Counter>,
    pub(crate) leaves: Vec<Counter>,
    pub(crate) events: Vec<Counter>,
    pub(crate) deliveries: Counter,
    pub(crate) delivered_bytes: Counter,
    pub(crate) verdicts: Vec<Counter>,
    pub(crate) gaps: Vec<Counter>,
    pub(crate) guard_dropped: Vec<Counter>,
    pub(crate) policy_faults: Vec<Counter>,
    pub(crate) log_offset: Gauge,
    pub(crate) log_bytes: Gauge,
    pub(crate) policy_memory_bytes: Vec<Gauge>,
    pub(crate) shard_lag_events: Vec<Gauge>,
    pub(crate) delivery_seconds: MergedHistogram,
    pub(crate) mailbox_events: MergedHistogram,
    pub(crate) publish_seconds: MergedHistogram,
    pub(crate) log_append_seconds: MergedHistogram,
    pub(crate) policy_breaker: Vec<Gauge>,
    pub(crate) policy_call_seconds: Vec<MergedHistogram>,
    pub(crate) swap_seconds: MergedHistogram,
    pub(crate) policy_info: PolicyInfo,
}

impl TenantMetrics {
    pub(crate) fn join(&self, result: JoinResult) {
        self.joins[result as usize].inc();
    }

    pub(crate) fn leave(&self, reason: LeaveReason) {
        self.leaves[reason as usize].inc();
    }

    pub(crate) fn event(&self, result: EventResult) {
        self.events[result as usize].inc();
    }

    pub(crate) fn fault(&self, class: FaultClass) {
        self.policy_faults[class as usize].inc();
    }
}
