//! What is counted of connections.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

/// What is counted of connections. Cheap to clone: clones count together.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionMetrics {
    /// Those that are open.
    pub(crate) open: Gauge,
    /// Those that were turned away at the limit.
    pub(crate) refused: Counter,
    ended: Family<Ended, Counter>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    reason: &'static str,
}

impl ConnectionMetrics {
    /// Counts one that ended for `reason`, a word of a closed set (T32).
    pub(crate) fn ended(&self, reason: &'static str) {
        self.ended.get_or_create(&Ended { reason }).inc();
    }

    /// Adds them to `registry`.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("umbel_connections", "Open connections", self.open.clone());
        let help = "Connections turned away at the limit of connections";
        registry.register("umbel_connections_refused", help, self.refused.clone());
        let help = "Connections that ended, by who ended them and why";
        registry.register("umbel_connections_ended", help, self.ended.clone());
    }
}
