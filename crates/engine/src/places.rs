//! How many instances live.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// How many instances live, and how many may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUsage {
    /// Instances that live.
    pub instances: u32,
    /// Instances that may live at once.
    pub instances_max: u32,
}

/// Room for so many instances, wherever their memory comes from.
pub(crate) struct Places {
    taken: Arc<AtomicU32>,
    max: u32,
}

/// The room that one instance takes, until it is dropped.
pub(crate) struct Place(Arc<AtomicU32>);

impl Places {
    pub(crate) fn new(max: u32) -> Self {
        Self {
            taken: Arc::default(),
            max,
        }
    }

    /// A place, unless all are taken.
    pub(crate) fn take(&self) -> Result<Place, PoolUsage> {
        let one_more = |taken| (taken < self.max).then_some(taken + 1);
        self.taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more)
            .map(|_| Place(Arc::clone(&self.taken)))
            .map_err(|_| self.usage())
    }

    pub(crate) fn usage(&self) -> PoolUsage {
        PoolUsage {
            instances: self.taken.load(Ordering::Relaxed),
            instances_max: self.max,
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
