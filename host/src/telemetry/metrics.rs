//! The metrics of the process as one text.

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;
use umbel_hub::Hub;

use super::{ConnectionMetrics, InstanceMetrics};

/// The type of [`Metrics::text`].
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Everything that is measured, by name.
pub(crate) struct Metrics {
    registry: Registry,
}

impl Metrics {
    /// What `hub` measures, what connections do, how many instances live, and which build this is.
    pub(crate) fn new(
        hub: &Hub,
        connections: &ConnectionMetrics,
        instances: InstanceMetrics,
    ) -> Self {
        let mut registry = Registry::default();
        hub.register(&mut registry);
        connections.register(&mut registry);
        registry.register_collector(Box::new(instances));
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("umbel_build", "Which build this is", build);
        Self { registry }
    }

    /// All of it as OpenMetrics text.
    ///
    /// # Errors
    /// Where a metric cannot be written, which none of ours does.
    pub(crate) fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
