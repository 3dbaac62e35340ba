//! What the process tells of itself: logs and metrics.

mod connection_metrics;
mod instance_metrics;
mod logs;
mod metrics;

pub(crate) use connection_metrics::ConnectionMetrics;
pub(crate) use instance_metrics::InstanceMetrics;
pub(crate) use logs::start_logs;
pub(crate) use metrics::{CONTENT_TYPE, Metrics};
