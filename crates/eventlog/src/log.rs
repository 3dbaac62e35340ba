//! What a log promises, whatever it is kept in.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use umbel_event::{Event, Offset};

use crate::Entry;

/// The answer of a log: at once from memory, later from disk or the network.
pub type LogFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The ordered, retained events of one tenant. Every backend passes the contract suite in the
/// module `contract` (feature `contract`).
///
/// Offsets start at 1 and grow; a backend may leave gaps between them. Appends are totally ordered: a
/// reader that sees an offset sees every smaller one that is still retained.
pub trait EventLog: Send + Sync {
    /// Keeps `events`, in order and together, as durably as the backend promises, and answers the
    /// offset of the last one. When the future is done, [`Self::bounds`] covers them. An empty call keeps
    /// nothing and answers the newest offset ever given, 0 where there was none.
    fn append(&self, events: Vec<Event>) -> LogFuture<'_, Result<Offset, AppendError>>;

    /// Events from `from` on, oldest first, within `limits`; at least one where there is one before
    /// [`PageLimits::before`], however large it is. Empty where nothing is there yet.
    /// [`ReadError::Trimmed`] where `from` lies before [`LogBounds::first`].
    fn read(
        &self,
        from: Offset,
        limits: PageLimits,
    ) -> LogFuture<'_, Result<Vec<Arc<Entry>>, ReadError>>;

    /// Where the event with that id is: the earliest retained one, where several carry it (protocol
    /// item 66).
    fn find<'a>(&'a self, id: &'a str) -> LogFuture<'a, Result<Option<Offset>, ReadError>>;

    /// Drops what the retention bounds no longer cover, but nothing at or after `floor`: where the
    /// slowest reader stands. `now_ms` is Unix time in milliseconds. Always drops from the oldest on. To
    /// be called after appends and on a tick: one call does a bounded amount of work, the next goes on.
    fn retain(&self, now_ms: u64, floor: Offset) -> LogFuture<'_, ()>;

    /// Calls `mark` with the place that the next event will get, while nothing can be appended: whoever
    /// reads an event at or after that place sees what `mark` has done.
    fn cut(&self, mark: &mut dyn FnMut(Offset));

    /// What is there now, all of one moment, and readable by the time it shows. Cheap: shards poll it.
    fn bounds(&self) -> LogBounds;
}

/// What a log holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogBounds {
    /// The oldest retained event; equal to `next` where there is none.
    pub first: Offset,
    /// The place that the next event will get, or a smaller one.
    pub next: Offset,
    /// Bytes retained, counted with [`Event::cost`].
    pub bytes: u64,
    /// Bytes ever appended, counted likewise.
    pub bytes_ever: u64,
}

/// How much one read may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageLimits {
    /// Events.
    pub events: usize,
    /// Bytes, counted with [`Event::cost`].
    pub bytes: usize,
    /// Nothing at or after this place.
    pub before: Offset,
}

/// Why events could not be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The backend failed; nothing of the call was kept.
    #[error("the log could not keep the event: {0}")]
    Backend(String),
}

/// Why events could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// What was asked for is no longer retained.
    #[error("events before offset {first} are no longer retained")]
    Trimmed {
        /// The oldest one that is.
        first: Offset,
    },
    /// The backend failed.
    #[error("the log could not be read: {0}")]
    Backend(String),
}
