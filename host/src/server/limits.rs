//! How long and how large a connection may be.

use std::time::Duration;

use crate::config::Config;

/// How long and how large a connection may be; sections `[limits]` and `[stream]`.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionLimits {
    /// From the first byte of a request to the end of its head, and between two pieces of its body.
    pub(crate) header_timeout: Duration,
    /// Between two requests; also how long one body may take as a whole.
    pub(crate) idle_timeout: Duration,
    /// How long the kernel may take nothing of what is to be written.
    pub(crate) write_timeout: Duration,
    /// Bytes of the head of one request.
    pub(crate) header_bytes_max: usize,
}

impl ConnectionLimits {
    /// What `config` says.
    pub(crate) fn of(config: &Config) -> Self {
        Self {
            header_timeout: config.connections.header_timeout,
            idle_timeout: config.connections.idle_timeout,
            write_timeout: config.default_tenant().stream.write_timeout,
            header_bytes_max: config.connections.header_bytes_max,
        }
    }
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(10),
            header_bytes_max: 16 << 10,
        }
    }
}
