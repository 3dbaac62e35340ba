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
    /// How long the peer of an HTTP/2 connection may be silent before it is asked whether it is there.
    pub(crate) ping_interval: Duration,
    /// How long its answer may take.
    pub(crate) ping_timeout: Duration,
    /// Bytes of the head of one request.
    pub(crate) header_bytes_max: usize,
}

impl ConnectionLimits {
    /// What `config` says.
    pub(crate) fn of(config: &Config) -> Self {
        let stream = &config.default_tenant().stream;
        let write_timeouts = config.tenants.iter().map(|t| t.stream.write_timeout);
        Self {
            header_timeout: config.connections.header_timeout,
            idle_timeout: config.connections.idle_timeout,
            write_timeout: stream.write_timeout,
            ping_interval: stream.heartbeat,
            // A connection may carry streams of any tenant: whoever is patient with its readers is
            // patient here.
            ping_timeout: write_timeouts.fold(stream.write_timeout, Duration::max),
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
            ping_interval: Duration::from_secs(15),
            ping_timeout: Duration::from_secs(10),
            header_bytes_max: 16 << 10,
        }
    }
}
