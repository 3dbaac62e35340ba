//! A closed world: its log, its policy, its subscribers.

use umbel_event::{Event, Offset};

/// A closed world. Any thread may hold it.
pub struct Tenant {}

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
    /// Logs one event; when it answers, the event is as durable as the log promises and its fan-out
    /// has been asked for, not waited for.
    ///
    /// # Errors
    /// Where shards lag, the log fails, or the hub is closing.
    pub async fn publish(&self, _event: Event) -> Result<Offset, PublishError> {
        todo!()
    }
}
