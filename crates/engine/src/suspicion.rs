//! Whether the calls of a component are measured from their first instruction.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Calls of all instances together that are measured so after one that ran into its deadline.
const WATCHED_CALLS: u32 = 1 << 16;

/// Whether the calls of a component are measured from their first instruction, since one of them ran into
/// its deadline lately: it would use up what is not counted otherwise every time. Shared by all of its
/// instances.
#[derive(Clone, Debug, Default)]
pub(crate) struct Suspicion(Arc<AtomicU32>);

impl Suspicion {
    /// A call ran into its deadline.
    pub(crate) fn arouse(&self) {
        self.0.store(WATCHED_CALLS, Ordering::Relaxed);
    }

    /// Whether the call that begins is watched. Instances on other threads may count the same call: nothing
    /// depends on the number.
    pub(crate) fn watches(&self) -> bool {
        let left = self.0.load(Ordering::Relaxed);
        if left > 0 {
            self.0.store(left - 1, Ordering::Relaxed);
        }
        left > 0
    }
}

#[cfg(test)]
mod tests {
    use super::{Suspicion, WATCHED_CALLS};

    #[test]
    fn it_is_watched_for_some_calls_after_one_that_took_too_long() {
        let suspicion = Suspicion::default();
        assert!(!suspicion.watches());
        suspicion.arouse();
        assert!((0..WATCHED_CALLS).all(|_| suspicion.watches()));
        assert!(!suspicion.watches());
    }
}
