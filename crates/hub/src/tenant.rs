//! A closed world: its log, its policy, its subscribers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use tokio::sync::Notify;
use umbel_event::{Event, Offset};
use umbel_eventlog::EventLog;
use umbel_routing::DispatcherFactory;

use crate::HubConfig;
use crate::clock::Clock;
use crate::link::Link;
use crate::metrics::{EventResult, TenantMetrics};

/// Seconds after which a publisher that was turned away may try again.
const RETRY_S: u32 = 1;

/// A closed world. Any thread may hold it.
pub struct Tenant {
    pub(crate) config: Arc<HubConfig>,
    pub(crate) log: Arc<dyn EventLog>,
    pub(crate) factory: Arc<dyn DispatcherFactory>,
    pub(crate) metrics: Arc<TenantMetrics>,
    /// One for each shard.
    pub(crate) links: Box<[Link]>,
    pub(crate) clock: Clock,
    pub(crate) subscribers: AtomicUsize,
    /// Told whenever a station moves on while publishers wait.
    pub(crate) progress: Notify,
    pub(crate) waiting: AtomicUsize,
    pub(crate) closing: AtomicBool,
}

/// Why an event was not accepted; nothing of it was kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The slowest shard is too far behind; 503 with `Retry-After`.
    #[error("the hub is behind; try again in {retry_s} s")]
    Lagging {
        /// Seconds.
        retry_s: u32,
    },
    /// The log failed; 503.
    #[error(transparent)]
    Log(#[from] umbel_eventlog::AppendError),
    /// The hub is shutting down; 503.
    #[error("the hub is shutting down")]
    Closing,
}

impl Tenant {
    pub(crate) fn new(
        config: Arc<HubConfig>,
        log: Arc<dyn EventLog>,
        factory: Arc<dyn DispatcherFactory>,
        metrics: TenantMetrics,
    ) -> Self {
        Self {
            links: (0..config.shards).map(|_| Link::new()).collect(),
            config,
            log,
            factory,
            metrics: Arc::new(metrics),
            clock: Clock::start(),
            subscribers: AtomicUsize::new(0),
            progress: Notify::new(),
            waiting: AtomicUsize::new(0),
            closing: AtomicBool::new(false),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.metrics.tenant()
    }

    /// How many subscribers it has on all shards.
    pub fn subscribers(&self) -> usize {
        self.subscribers.load(Ordering::Relaxed)
    }

    /// Its log.
    pub fn log(&self) -> &Arc<dyn EventLog> {
        &self.log
    }

    /// Logs one event; when it answers, the event is as durable as the log promises and its fan-out
    /// has been asked for, not waited for.
    ///
    /// # Errors
    /// Where shards lag, the log fails, or the hub is closing.
    pub async fn publish(&self, event: Event) -> Result<Offset, PublishError> {
        let started = Instant::now();
        let result = self.accept(event).await;
        self.metrics.event(match &result {
            Ok(_) => EventResult::Accepted,
            Err(PublishError::Lagging { .. }) => EventResult::Lagging,
            Err(PublishError::Log(_)) => EventResult::LogFailed,
            Err(PublishError::Closing) => EventResult::Closing,
        });
        self.metrics.publish_seconds.observe(micros(started));
        result
    }

    async fn accept(&self, event: Event) -> Result<Offset, PublishError> {
        if self.is_closing() {
            return Err(PublishError::Closing);
        }
        self.wait_for_shards().await?;
        let started = Instant::now();
        let offset = self.log.append(vec![event]).await?;
        self.metrics.log_append_seconds.observe(micros(started));
        for link in &self.links {
            link.wake.notify_one();
        }
        self.retain().await;
        Ok(offset)
    }

    /// Drops what the log need not hold any more.
    pub(crate) async fn retain(&self) {
        self.log.retain(self.clock.now_ms(), self.floor()).await;
    }

    /// Publishers of a lagging tenant are slowed, and after a while turned away.
    async fn wait_for_shards(&self) -> Result<(), PublishError> {
        if !self.is_lagging() {
            return Ok(());
        }
        let _waiting = Waiting::new(&self.waiting);
        let caught_up = async {
            loop {
                let progress = self.progress.notified();
                if self.is_closing() || !self.is_lagging() {
                    return;
                }
                progress.await;
            }
        };
        let waited = tokio::time::timeout(self.config.limits.publishers_wait, caught_up).await;
        if self.is_closing() {
            return Err(PublishError::Closing);
        }
        waited.map_err(|_| PublishError::Lagging { retry_s: RETRY_S })
    }

    fn is_lagging(&self) -> bool {
        let bounds = self.log.bounds();
        let limits = &self.config.limits;
        self.links.iter().any(|link| {
            link.cursor().is_some_and(|cursor| {
                bounds.next.0.saturating_sub(cursor.0) >= limits.lag_events_max
                    || bounds.bytes_ever.saturating_sub(link.bytes()) >= limits.lag_bytes_max
            })
        })
    }

    /// Where the slowest station stands: retention never passes it.
    fn floor(&self) -> Offset {
        let slowest = self.links.iter().filter_map(Link::cursor).min();
        slowest.unwrap_or_else(|| self.log.bounds().next)
    }

    /// A station has moved on: publishers may have waited for it.
    pub(crate) fn moved_on(&self) {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            self.progress.notify_waiters();
        }
    }

    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
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
