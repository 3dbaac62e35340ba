//! The retained, ordered events of one tenant: the trait [`EventLog`] and the memory log.

mod entry;
mod log;

pub use entry::Entry;
pub use log::{AppendError, EventLog, LogBounds, LogFuture, PageLimits, ReadError};
