//! What becomes of events that a component fails on.
//!
//! The batch is tried again with a new instance, then its events one by one. The one that it fails on
//! again is given up; after too many instances, so is the rest of the batch.

use umbel_event::Offset;

/// Tries of a batch as a whole.
const WHOLE_TRIES_MAX: u32 = 2;
/// Instances that one batch may use up.
const REBUILDS_MAX: u32 = 3;

/// A batch that a component has failed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// The end of the batch.
    until: Offset,
    failures: u32,
    /// The event that is given up.
    offender: Option<Offset>,
}

impl Trouble {
    /// The component has failed on the batch that ends before `until`.
    pub(crate) fn new(until: Offset) -> Self {
        Self {
            until,
            failures: 1,
            offender: None,
        }
    }

    /// It has failed again, on what begins at `cursor`.
    pub(crate) fn again(&mut self, cursor: Offset) {
        if self.is_one_by_one() {
            self.offender = Some(cursor);
        }
        self.failures += 1;
    }

    /// Whether its events are tried one by one now.
    pub(crate) fn is_one_by_one(&self) -> bool {
        self.failures >= WHOLE_TRIES_MAX
    }

    /// The end of what may be tried next.
    pub(crate) fn until(&self) -> Offset {
        self.until
    }

    /// Whether the event at `cursor` is given up.
    pub(crate) fn is_given_up(&self, cursor: Offset) -> bool {
        self.offender == Some(cursor) || (self.failures > REBUILDS_MAX && cursor < self.until)
    }

    /// Whether it is over once the station stands at `cursor`.
    pub(crate) fn is_over(&self, cursor: Offset) -> bool {
        cursor >= self.until
    }
}

#[cfg(test)]
mod tests {
    use umbel_event::Offset;

    use super::Trouble;

    #[test]
    fn a_batch_is_tried_twice_then_its_events_one_by_one_and_the_offender_is_given_up() {
        let mut trouble = Trouble::new(Offset(10));
        assert!(!trouble.is_one_by_one());
        trouble.again(Offset(5));
        assert!(trouble.is_one_by_one() && !trouble.is_given_up(Offset(5)));
        trouble.again(Offset(7));
        assert!(trouble.is_given_up(Offset(7)) && !trouble.is_given_up(Offset(8)));
        assert!(!trouble.is_over(Offset(9)) && trouble.is_over(Offset(10)));
    }

    #[test]
    fn after_too_many_instances_the_rest_is_given_up() {
        let mut trouble = Trouble::new(Offset(10));
        trouble.again(Offset(5));
        trouble.again(Offset(5));
        trouble.again(Offset(6));
        assert!((6..10).all(|n| trouble.is_given_up(Offset(n))));
        assert!(!trouble.is_given_up(Offset(10)));
    }
}
