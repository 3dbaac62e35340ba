//! How long one step may work on what a tenant's parties made costly.

use std::rc::Rc;
use std::time::Duration;

use super::core::Core;
use super::meter::Meter;
use super::share::LONG_PART;

/// How long one step may work on what a tenant's parties made costly, such as grants that take long to
/// compare with topics: then the others of the shard get their turn, and the step goes on where it was.
pub(crate) struct Patience {
    meter: Rc<Meter>,
    end: Duration,
}

impl Core {
    /// Of one step that begins now.
    pub(crate) fn patience(&self) -> Patience {
        let meter = Rc::clone(&self.seats.meter);
        let end = meter.spent() + self.config.components.deadline / LONG_PART;
        Patience { meter, end }
    }
}

impl Patience {
    /// Does `work`, which counts as the tenant's.
    pub(crate) fn charge<T>(&self, work: impl FnOnce() -> T) -> T {
        self.meter.charge(work)
    }

    /// Whether the others are to have their turn.
    pub(crate) fn is_over(&self) -> bool {
        self.meter.spent() >= self.end
    }
}
