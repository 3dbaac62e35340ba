//! How many instances of components live.

use std::sync::Arc;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

use crate::server::Components;

/// How many instances of components live in this process, and how many may, looked up when it is asked for.
#[derive(Debug)]
pub(crate) struct InstanceMetrics(pub(crate) Arc<Components>);

impl Collector for InstanceMetrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let usage = self.0.pool_usage();
        for (name, help, value) in [
            (
                "umbel_instances",
                "Instances of components that live",
                usage.instances,
            ),
            (
                "umbel_instances_max",
                "Instances of components that may live at once",
                usage.instances_max,
            ),
        ] {
            let gauge = ConstGauge::new(i64::from(value));
            gauge.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
        }
        Ok(())
    }
}
