//! What the process tells of itself: logs and metrics.

mod connection_metrics;
mod logs;
mod metrics;

pub(crate) use connection_metrics::ConnectionMetrics;
pub(crate) use logs::start_logs;
pub(crate) use metrics::{CONTENT_TYPE, Metrics};
