//! `[limits]`, as far as it bounds connections: these belong to the whole process.

use std::time::Duration;

use super::limits::{COUNT_MAX, size};
use super::reader::Reader;

const HEADER_BYTES: u64 = 16 << 10;
const HEADER_BYTES_MIN: u64 = 1024;
const HEADER_BYTES_MAX: u64 = 1 << 20;
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
const IDLE_TIMEOUT: Duration = Duration::from_secs(75);
const MOMENT: Duration = Duration::from_millis(10);
const HOUR: Duration = Duration::from_secs(3600);

/// Bounds on connections, whoever they are for: a connection has no tenant before its first request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionsConfig {
    /// Connections at a time; 0: what `RLIMIT_NOFILE` allows.
    pub connections_max: usize,
    /// Bytes of one request's head.
    pub header_bytes_max: usize,
    /// How long a head may take, from its first byte.
    pub header_timeout: Duration,
    /// How long a connection may do nothing between requests.
    pub idle_timeout: Duration,
}

impl ConnectionsConfig {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let header_bytes = HEADER_BYTES_MIN..=HEADER_BYTES_MAX;
        let mut time = |path, default| reader.duration(path, default, MOMENT..=HOUR);
        Self {
            header_timeout: time("limits.header-timeout", HEADER_TIMEOUT),
            idle_timeout: time("limits.idle-timeout", IDLE_TIMEOUT),
            connections_max: size(reader.count("limits.connections", 0, 0..=COUNT_MAX)),
            header_bytes_max: size(reader.bytes("limits.header-bytes", HEADER_BYTES, header_bytes)),
        }
    }
}
