//! The retained, ordered events of one tenant: the trait [`EventLog`], the memory log, and the contract
//! that every backend keeps.

#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod entry;
mod log;
mod memory;
mod retention;

pub use entry::Entry;
pub use log::{AppendError, EventLog, LogBounds, LogFuture, PageLimits, ReadError};
pub use memory::MemoryLog;
pub use retention::Retention;
