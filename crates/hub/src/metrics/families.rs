//! The metrics of all tenants, as Prometheus sees them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::{Family, MetricConstructor};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry, Unit};
use umbel_routing::{Export, FaultClass, Verdict};

use super::histogram::MergedHistogram;
use super::tenant::{
    CALL_NS, DELIVERY_MS, EventResult, GuardDrop, JoinResult, LeaveReason, MAILBOX_EVENTS,
    PUBLISH_US,
};
use super::{PolicyInfo, TenantMetrics};
use crate::station::GapCause;

/// Tenants that have series of their own.
const TENANTS_LABELLED_MAX: usize = 256;

/// What the label `tenant` says for all others together.
const OTHER: &str = "other";

pub(super) type Labels = Vec<(&'static str, String)>;
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
    policy_breaker: Family<Labels, Gauge>,
    policy_call_seconds: Histograms,
    swap_seconds: Histograms,
    policy_info: PolicyInfo,
    /// Tenants with series of their own, and on how many shards.
    labelled: Mutex<BTreeMap<String, usize>>,
    other: OnceLock<Arc<TenantMetrics>>,
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
            policy_breaker: Family::default(),
            policy_call_seconds: histograms(|| MergedHistogram::new(&CALL_NS, 1e9)),
            swap_seconds: histograms(|| MergedHistogram::new(&PUBLISH_US, 1e6)),
            policy_info: PolicyInfo::default(),
            labelled: Mutex::default(),
            other: OnceLock::new(),
        }
    }

    /// Shows everything under the names that users rely on; counters get their `_total` by the format.
    pub(crate) fn register(&self, registry: &mut Registry) {
        let mut show = Shown { registry };
        self.show_gauges(&mut show);
        self.show_counters(&mut show);
        self.show_histograms(&mut show);
    }

    fn show_gauges(&self, show: &mut Shown<'_>) {
        for (name, help, family) in [
            ("subscribers", "Subscribers connected", &self.subscribers),
            (
                "catching_up",
                "Subscribers fed from the log",
                &self.catching_up,
            ),
            (
                "log_offset",
                "The place that the next event gets",
                &self.log_offset,
            ),
            ("log_bytes", "Bytes retained in the log", &self.log_bytes),
            (
                "policy_memory_bytes",
                "Memory of policy and filter",
                &self.policy_memory_bytes,
            ),
            (
                "shard_lag_events",
                "Events logged and not yet routed",
                &self.shard_lag_events,
            ),
            (
                "policy_breaker",
                "1 while a policy that failed is left alone",
                &self.policy_breaker,
            ),
            (
                "policy_info",
                "The policy that decides: always 1",
                self.policy_info.family(),
            ),
        ] {
            show.plain(name, help, family);
        }
    }

    fn show_counters(&self, show: &mut Shown<'_>) {
        for (name, help, family) in [
            ("joins", "Attempts to join, by result", &self.joins),
            ("leaves", "Subscribers that left, by reason", &self.leaves),
            ("events", "Events published, by result", &self.events),
            (
                "deliveries",
                "Events handed to connections",
                &self.deliveries,
            ),
            (
                "delivered_bytes",
                "Bytes handed to connections",
                &self.delivered_bytes,
            ),
            ("verdicts", "Verdicts on full mailboxes", &self.verdicts),
            (
                "gaps",
                "Gaps that subscribers were told of, by cause",
                &self.gaps,
            ),
            (
                "guard_dropped",
                "Handles dropped from audiences",
                &self.guard_dropped,
            ),
            (
                "policy_faults",
                "Failed calls to components, by class",
                &self.policy_faults,
            ),
        ] {
            show.plain(name, help, family);
        }
    }

    fn show_histograms(&self, show: &mut Shown<'_>) {
        let help = "Events waiting whenever some are taken";
        show.plain("mailbox_events", help, &self.mailbox_events);
        for (name, help, family) in [
            ("delivery", "Accepted to written", &self.delivery_seconds),
            ("publish", "Request parsed to answer", &self.publish_seconds),
            (
                "log_append",
                "Appending to the log",
                &self.log_append_seconds,
            ),
            (
                "policy_call",
                "Calls to components, by export",
                &self.policy_call_seconds,
            ),
            (
                "swap",
                "Preparing a change of components",
                &self.swap_seconds,
            ),
        ] {
            show.seconds(name, help, family);
        }
    }

    /// The metrics of one tenant, each looked up once. Beyond [`TENANTS_LABELLED_MAX`] all tenants share
    /// those of [`OTHER`]: labels are a closed set.
    pub(crate) fn tenant(&self, tenant: &str, shards: usize) -> Arc<TenantMetrics> {
        let mut labelled = self.labelled.lock().unwrap_or_else(PoisonError::into_inner);
        if labelled.len() >= TENANTS_LABELLED_MAX && !labelled.contains_key(tenant) {
            let other = || Arc::new(self.series(OTHER, shards));
            return Arc::clone(self.other.get_or_init(other));
        }
        labelled.insert(tenant.to_owned(), shards);
        drop(labelled);
        self.policy_info.begin(tenant);
        Arc::new(self.series(tenant, shards))
    }

    /// The tenant is gone: nothing of it is shown any more.
    pub(crate) fn forget(&self, tenant: &str) {
        let mut labelled = self.labelled.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shards) = labelled.remove(tenant) else {
            return;
        };
        drop(labelled);
        self.policy_info.forget(tenant);
        let one = vec![("tenant", tenant.to_owned())];
        for family in [&self.subscribers, &self.log_offset, &self.log_bytes] {
            family.remove(&one);
        }
        for family in [&self.deliveries, &self.delivered_bytes] {
            family.remove(&one);
        }
        for family in [
            &self.delivery_seconds,
            &self.mailbox_events,
            &self.publish_seconds,
            &self.log_append_seconds,
            &self.swap_seconds,
        ] {
            family.remove(&one);
        }
        for (family, label, names) in self.counters() {
            for name in names {
                family.remove(&with(&one, label, name));
            }
        }
        for name in Export::ALL.map(Export::name) {
            self.policy_call_seconds.remove(&with(&one, "export", name));
        }
        for family in self.by_shard() {
            for shard in 0..shards {
                family.remove(&with(&one, "shard", &shard.to_string()));
            }
        }
    }

    fn series(&self, tenant: &str, shards: usize) -> TenantMetrics {
        let one = vec![("tenant", tenant.to_owned())];
        let [
            joins,
            leaves,
            events,
            verdicts,
            gaps,
            guard_dropped,
            policy_faults,
        ] = self.counters().map(|(family, label, names)| {
            let series = names.into_iter();
            let series = series.map(|name| member(family, &with(&one, label, name)));
            series.collect::<Vec<_>>()
        });
        let [
            catching_up_on,
            policy_memory_bytes,
            policy_breaker,
            shard_lag_events,
        ] = self.by_shard().map(|family| {
            let shard = |i: usize| member(family, &with(&one, "shard", &i.to_string()));
            (0..shards).map(shard).collect::<Vec<_>>()
        });
        TenantMetrics {
            subscribers: member(&self.subscribers, &one),
            catching_up_on,
            joins,
            leaves,
            events,
            deliveries: member(&self.deliveries, &one),
            delivered_bytes: member(&self.delivered_bytes, &one),
            verdicts,
            gaps,
            guard_dropped,
            policy_faults,
            policy_breaker,
            policy_call_seconds: Export::ALL
                .map(|e| member(&self.policy_call_seconds, &with(&one, "export", e.name())))
                .to_vec(),
            log_offset: member(&self.log_offset, &one),
            log_bytes: member(&self.log_bytes, &one),
            policy_memory_bytes,
            shard_lag_events,
            delivery_seconds: member(&self.delivery_seconds, &one),
            mailbox_events: member(&self.mailbox_events, &one),
            publish_seconds: member(&self.publish_seconds, &one),
            log_append_seconds: member(&self.log_append_seconds, &one),
            swap_seconds: member(&self.swap_seconds, &one),
            policy_info: self.policy_info.clone(),
        }
    }

    /// The families of counters that have one more label, and its values.
    fn counters(&self) -> [CounterSet<'_>; 7] {
        [
            (
                &self.joins,
                "result",
                JoinResult::ALL.map(|(_, n)| n).to_vec(),
            ),
            (
                &self.leaves,
                "reason",
                LeaveReason::ALL.map(|(_, n)| n).to_vec(),
            ),
            (
                &self.events,
                "result",
                EventResult::ALL.map(|(_, n)| n).to_vec(),
            ),
            (
                &self.verdicts,
                "verdict",
                Verdict::ALL.map(Verdict::name).to_vec(),
            ),
            (
                &self.gaps,
                "cause",
                GapCause::ALL.map(GapCause::name).to_vec(),
            ),
            (
                &self.guard_dropped,
                "why",
                GuardDrop::ALL.map(|(_, n)| n).to_vec(),
            ),
            (
                &self.policy_faults,
                "class",
                FaultClass::ALL.map(FaultClass::name).to_vec(),
            ),
        ]
    }

    /// The families of gauges that each shard has its own of.
    fn by_shard(&self) -> [&Family<Labels, Gauge>; 4] {
        [
            &self.catching_up,
            &self.policy_memory_bytes,
            &self.policy_breaker,
            &self.shard_lag_events,
        ]
    }
}

/// A family of counters, its label beside the tenant, and the values of that.
type CounterSet<'a> = (&'a Family<Labels, Counter>, &'static str, Vec<&'static str>);

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
