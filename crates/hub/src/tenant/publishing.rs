//! From a publisher to the log.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use umbel_event::{Event, Offset};

use super::Tenant;
use crate::link::Link;
use crate::metrics::EventResult;

/// Why an event was not accepted; nothing of it was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The slowest shard is too far behind; 503 with `Retry-After`.
    #[error("the hub is behind; try again in {retry_s} s")]
    Lagging {
        /// Seconds.
        retry_s: u32,
    },
    /// The tenant publishes faster than it may; 429 with `Retry-After`.
    #[error("more than {per_second} events a second; try again in {retry_s} s")]
    TooFast {
        /// The limit.
        per_second: u32,
        /// Seconds.
        retry_s: u32,
    },
    /// The admission filter refused it; 403.
    #[error("refused: {0}")]
    Refused(String),
    /// The admission filter failed on it, or is out of order; 503.
    #[error("the admission filter failed; try again in {retry_s} s")]
    FilterFailed {
        /// Seconds.
        retry_s: u32,
    },
    /// What the admission filter put in its place may not be published by this publisher; 403.
    #[error("what the admission filter made of it may not be published: {0}")]
    BadReplacement(String),
    /// The log failed; 503.
    #[error(transparent)]
    Log(#[from] umbel_eventlog::AppendError),
    /// The hub is shutting down; 503.
    #[error("the hub is shutting down")]
    Closing,
}

impl PublishError {
    fn result(&self) -> EventResult {
        match self {
            Self::Lagging { .. } => EventResult::Lagging,
            Self::TooFast { .. } => EventResult::TooFast,
            Self::Refused(_) => EventResult::Refused,
            Self::FilterFailed { .. } => EventResult::FilterFailed,
            Self::BadReplacement(_) => EventResult::BadReplacement,
            Self::Log(_) => EventResult::LogFailed,
            Self::Closing => EventResult::Closing,
        }
    }
}

impl Tenant {
    /// Logs one event, past any admission filter; when it answers, the event is as durable as the log
    /// promises and its fan-out has been asked for, not waited for. [`crate::Shard::publish`] is for
    /// what publishers send.
    ///
    /// # Errors
    /// Where shards lag, the log fails, the rate is used up, or the tenant is closing.
    pub async fn publish(&self, event: Event) -> Result<Offset, PublishError> {
        let started = Instant::now();
        let result = match self.take_turn() {
            Ok(()) => self.append(event).await,
            Err(error) => Err(error),
        };
        self.account(started, &result);
        result
    }

    /// Whether another event may be published now.
    pub(crate) fn take_turn(&self) -> Result<(), PublishError> {
        let per_second = self.config().limits.publish_rate_max;
        if self.publish_rate.take(per_second, self.now_ms()) {
            return Ok(());
        }
        Err(PublishError::TooFast {
            per_second,
            retry_s: Self::retry_s(),
        })
    }

    /// Counts a publication that was answered so.
    pub(crate) fn account(&self, started: Instant, result: &Result<Offset, PublishError>) {
        let result = result.as_ref().err();
        self.metrics
            .event(result.map_or(EventResult::Accepted, PublishError::result));
        self.metrics.publish_seconds.observe(micros(started));
    }

    pub(crate) async fn append(&self, event: Event) -> Result<Offset, PublishError> {
        if self.is_closing() {
            return Err(PublishError::Closing);
        }
        self.wait_for_shards().await?;
        let started = Instant::now();
        let offset = self.log.append(vec![event]).await?;
        self.metrics.log_append_seconds.observe(micros(started));
        self.wake_followers();
        self.retain().await;
        Ok(offset)
    }

    /// Wakes the stations that have somebody to route to.
    fn wake_followers(&self) {
        for link in self.links.iter().filter(|link| link.is_attached()) {
            link.wake.notify_one();
        }
    }

    /// Publishers of a lagging tenant are slowed, and after a while turned away.
    async fn wait_for_shards(&self) -> Result<(), PublishError> {
        let limits = self.config().limits.clone();
        let is_lagging = || self.lags_by(limits.lag_events_max, limits.lag_bytes_max);
        if !is_lagging() {
            return Ok(());
        }
        let _waiting = Waiting::new(&self.waiting);
        let caught_up = async {
            loop {
                let progress = self.progress.notified();
                if self.is_closing() || !is_lagging() {
                    return;
                }
                progress.await;
            }
        };
        let waited = tokio::time::timeout(limits.publishers_wait, caught_up).await;
        if self.is_closing() {
            return Err(PublishError::Closing);
        }
        waited.map_err(|_| PublishError::Lagging {
            retry_s: Self::retry_s(),
        })
    }

    fn lags_by(&self, events_max: u64, bytes_max: u64) -> bool {
        let bounds = self.log.bounds();
        let lags = |(link, cursor): (&Link, Offset)| {
            bounds.next.0.saturating_sub(cursor.0) >= events_max
                || bounds.bytes_ever.saturating_sub(link.bytes()) >= bytes_max
        };
        let standing = |link| Some((link, Link::cursor(link)?));
        self.links.iter().filter_map(standing).any(lags)
    }

    pub(crate) fn retry_s() -> u32 {
        u32::try_from(Self::RETRY.as_secs()).unwrap_or(u32::MAX)
    }
}

/// Counts a publisher that waits for as long as it does, also where it gives up.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}
