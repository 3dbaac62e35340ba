//! The metrics of all tenants, as Prometheus sees them.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry, Unit};
use umbel_routing::{FaultClass, Verdict};

use super::TenantMetrics;
use super::histogram::MergedHistogram;
use super::tenant::{
    DELIVERY_MS, EventResult, GuardDrop, JoinResult, LeaveReason, MAILBOX_EVENTS, PUBLISH_US,
};
use crate::station::GapCause;

type Labels = Vec<(&'static str, String)>;
type Histograms = Family<Labels, MergedHistogram, fn() -> MergedHistogram>;

/// The metrics of all tenants.
pub(crate) struct Families {
    subscribers: Family<Labels, Gauge>,
    catching_up: Family<Labels, Gauge>,
    joins: Family<Labels, Counter>,
    leaves: Family<Labels, Counter>,
    events: Family<Labels, Counter>,
    deliveries: Family<Labels, Counter>,
    delivered_bytes: Family<Labels, Counter>,
    verdicts: Family<Labels, Counter>,
    gaps: Family<Labels, Counter>,
    guard_dropped: Family<Labels, Counter>,
    policy_faults: Family<Labels, Counter>,
    log_offset: Family<Labels, Gauge>,
    log_bytes: Family<Labels, Gauge>,
    policy_memory_bytes: Family<Labels, Gauge>,
    shard_lag_events: Family<Labels, Gauge>,
    delivery_seconds: Histograms,
    mailbox_events: Histograms,
    publish_seconds: Histograms,
    log_append_seconds: Histograms,
}

impl Families {
    pub(crate) fn new() -> Self {
        Self {
            subscribers: Family::default(),
            catching_up: Family::default(),
            joins: Family::default(),
            leaves: Family::default(),
            events: Family::default(),
            deliveries: Family::default(),
            delivered_bytes: Family::default(),
            verdicts: Family::default(),
            gaps: Family::default(),
            guard_dropped: Family::default(),
            policy_faults: Family::default(),
            log_offset: Family::default(),
            log_bytes: Family::default(),
            policy_memory_bytes: Family::default(),
            shard_lag_events: Family::default(),
            delivery_seconds: histograms(|| MergedHistogram::new(&DELIVERY_MS, 1e3)),
            mailbox_events: histograms(|| MergedHistogram::new(&MAILBOX_EVENTS, 1.0)),
            publish_seconds: histograms(|| MergedHistogram::new(&PUBLISH_US, 1e6)),
            log_append_seconds: histograms(|| MergedHistogram::new(&PUBLISH_US, 1e6)),
        }
    }

    /// Shows everything under the names that users rely on; counters get their `_total` by the format.
    pub(crate) fn register(&self, registry: &mut Registry) {
        let mut show = Shown { registry };
        show.plain("subscribers", "Subscribers connected", &self.subscribers);
        show.plain(
            "catching_up",
            "Subscribers fed from the log",
            &self.catching_up,
        );
        show.plain("joins", "Attempts to join, by result", &self.joins);
        show.plain("leaves", "Subscribers that left, by reason", &self.leaves);
        show.plain("events", "Events published, by result", &self.events);
        show.plain(
            "deliveries",
            "Events handed to connections",
            &self.deliveries,
        );
        show.plain(
            "delivered_bytes",
            "Bytes handed to connections",
            &self.delivered_bytes,
        );
        show.plain("verdicts", "Verdicts on full mailboxes", &self.verdicts);
        show.plain(
            "gaps",
            "Gaps that subscribers were told of, by cause",
            &self.gaps,
        );
        show.plain(
            "guard_dropped",
            "Handles dropped from audiences",
            &self.guard_dropped,
        );
        show.plain(
            "policy_faults",
            "Failed policy calls, by class",
            &self.policy_faults,
        );
        show.plain(
            "log_offset",
            "The place that the next event gets",
            &self.log_offset,
        );
        show.plain("log_bytes", "Bytes retained in the log", &self.log_bytes);
        show.plain(
            "policy_memory_bytes",
            "Memory of a policy",
            &self.policy_memory_bytes,
        );
        show.plain(
            "shard_lag_events",
            "Events logged and not yet routed",
            &self.shard_lag_events,
        );
        show.plain(
            "mailbox_events",
            "Events waiting whenever some are taken",
            &self.mailbox_events,
        );
        show.seconds("delivery", "Accepted to written", &self.delivery_seconds);
        show.seconds("publish", "Request parsed to answer", &self.publish_seconds);
        show.seconds(
            "log_append",
            "Appending to the log",
            &self.log_append_seconds,
        );
    }

    /// The metrics of one tenant, each looked up once.
    pub(crate) fn tenant(&self, tenant: &str, shards: usize) -> TenantMetrics {
        let one = vec![("tenant", tenant.to_owned())];
        let counters = |family: &Family<Labels, Counter>, label, names: Vec<&str>| {
            names
                .into_iter()
                .map(|n| member(family, &with(&one, label, n)))
                .collect()
        };
        let by_shard = |family: &Family<Labels, Gauge>| {
            (0..shards)
                .map(|i| member(family, &with(&one, "shard", &i.to_string())))
                .collect()
        };
        TenantMetrics {
            tenant: tenant.to_owned(),
            subscribers: member(&self.subscribers, &one),
            catching_up_on: by_shard(&self.catching_up),
            joins: counters(
                &self.joins,
                "result",
                JoinResult::ALL.map(|(_, n)| n).to_vec(),
            ),
            leaves: counters(
                &self.leaves,
                "reason",
                LeaveReason::ALL.map(|(_, n)| n).to_vec(),
            ),
            events: counters(
                &self.events,
                "result",
                EventResult::ALL.map(|(_, n)| n).to_vec(),
            ),
            deliveries: member(&self.deliveries, &one),
            delivered_bytes: member(&self.delivered_bytes, &one),
            verdicts: counters(
                &self.verdicts,
                "verdict",
                Verdict::ALL.map(Verdict::name).to_vec(),
            ),
            gaps: counters(
                &self.gaps,
                "cause",
                GapCause::ALL.map(GapCause::name).to_vec(),
            ),
            guard_dropped: counters(
                &self.guard_dropped,
                "why",
                GuardDrop::ALL.map(|(_, n)| n).to_vec(),
            ),
            policy_faults: counters(
                &self.policy_faults,
                "class",
                FaultClass::ALL.map(FaultClass::name).to_vec(),
            ),
            log_offset: member(&self.log_offset, &one),
            log_bytes: member(&self.log_bytes, &one),
            policy_memory_bytes: by_shard(&self.policy_memory_bytes),
            shard_lag_events: by_shard(&self.shard_lag_events),
            delivery_seconds: member(&self.delivery_seconds, &one),
            mailbox_events: member(&self.mailbox_events, &one),
            publish_seconds: member(&self.publish_seconds, &one),
            log_append_seconds: member(&self.log_append_seconds, &one),
        }
    }
}

struct Shown<'a> {
    registry: &'a mut Registry,
}

impl Shown<'_> {
    fn plain<M: Metric + Clone>(&mut self, name: &str, help: &str, metric: &M) {
        self.registry
            .register(format!("umbel_{name}"), help, metric.clone());
    }

    fn seconds<M: Metric + Clone>(&mut self, name: &str, help: &str, metric: &M) {
        let name = format!("umbel_{name}");
        self.registry
            .register_with_unit(name, help, Unit::Seconds, metric.clone());
    }
}

fn histograms(make: fn() -> MergedHistogram) -> Histograms {
    Family::new_with_constructor(make)
}

fn with(labels: &Labels, name: &'static str, value: &str) -> Labels {
    let mut labels = labels.clone();
    labels.push((name, value.to_owned()));
    labels
}

fn member<M: Clone, C: MetricConstructor<M>>(family: &Family<Labels, M, C>, labels: &Labels) -> M {
    family.get_or_create(labels).clone()
}
