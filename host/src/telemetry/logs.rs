//! Logs.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What is logged unless `RUST_LOG` says otherwise.
const FILTER_DEFAULT: &str = "info";

/// Logs to the standard error from now on: text where it is a terminal, else one JSON object a line,
/// in which no text of a client can break a line. Where logging was started before, that stays.
pub(crate) fn start_logs() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| FILTER_DEFAULT.into());
    let registry = tracing_subscriber::registry().with(filter);
    let started = if std::io::stderr().is_terminal() {
        registry
            .with(layer().with_writer(std::io::stderr))
            .try_init()
    } else {
        registry
            .with(layer().json().with_writer(std::io::stderr))
            .try_init()
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging was started before");
    }
}
