//! What every backend promises, as checks that its tests run: [`suite`].
//!
//! The checks assume neither that offsets are dense nor that futures are ready at once. Each panics
//! with the promise that was broken.

mod appending;
mod executor;
mod finding;
mod racing;
mod reading;
mod retaining;
mod sample;

use std::sync::Arc;

use crate::{EventLog, LogFuture, Retention};

pub use executor::{block_on, on_a_thread};
pub use sample::{event, event_of};

/// Something that runs beside the suite.
pub type Task = LogFuture<'static, ()>;

/// A log under test.
pub type Subject = Arc<dyn EventLog>;

/// Runs every check, each on an empty log of its own from `make`. `spawn` starts a task at once, beside
/// the suite, and answers a future that is done when the task is, and panics where it did:
/// [`on_a_thread`] does for backends that need no runtime.
///
/// # Panics
/// Where the backend breaks a promise.
pub async fn suite<F: Future<Output = Subject>>(
    make: impl Fn(Retention) -> F,
    spawn: impl Fn(Task) -> Task,
) {
    appending::checks(&make).await;
    reading::checks(&make).await;
    finding::checks(&make).await;
    retaining::checks(&make).await;
    racing::checks(&make, &spawn).await;
}
