//! What the tasks of a run share, on one thread.

use std::cell::{Cell, RefCell};

use tokio::sync::Notify;

use super::clock::Clock;
use super::measure::Measure;
use super::progress::{Phase, Progress, ratio};

/// All streams read into it, one at a time.
const SCRATCH_BYTES: usize = 64 << 10;

/// What the tasks of a run share. Nothing of it is borrowed over an await.
pub struct Shared {
    pub(super) clock: Clock,
    pub(super) measure: RefCell<Measure>,
    pub(super) scratch: RefCell<Box<[u8]>>,
    /// Something arrived that the publisher may wait for.
    pub(super) landed: Notify,
    /// All is published: slow readers read on as fast as they can, to find out what was left out for them.
    pub(super) hurry: Cell<bool>,
}

impl Shared {
    /// The clock starts now.
    pub(super) fn new(measure: Measure) -> Self {
        Self {
            clock: Clock::start(),
            measure: RefCell::new(measure),
            scratch: RefCell::new(vec![0; SCRATCH_BYTES].into()),
            landed: Notify::new(),
            hurry: Cell::new(false),
        }
    }

    /// How far it is.
    pub(super) fn progress(&self, phase: Phase) -> Progress {
        let measure = self.measure.borrow();
        let fraction = match phase {
            Phase::Draining => {
                let sum = measure.fast.expected + measure.slow.expected;
                ratio(measure.deliveries(), sum)
            }
            _ => self.clock.now().as_secs_f64() / measure.plan.end().as_secs_f64(),
        };
        Progress {
            phase,
            fraction: fraction.min(1.0),
            deliveries: measure.deliveries(),
        }
    }
}
