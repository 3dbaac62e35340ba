//! How many subscribers one call tells of.

use std::time::Duration;

const MIN: usize = 16;
const MAX: usize = 2_048;
/// It grows where a call took less than this part of a deadline ...
const QUICK_PART: u32 = 8;
/// ... and shrinks where one took more than this part.
const SLOW_PART: u32 = 2;

/// How many subscribers one `join` call tells of: few at first, more while the component is quick, so that
/// a slow one is not asked for more than it can do within a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slice(usize);

impl Default for Slice {
    fn default() -> Self {
        Self(MIN)
    }
}

impl Slice {
    pub(crate) const fn len(self) -> usize {
        self.0
    }

    /// At most `max`.
    pub(crate) fn at_most(self, max: usize) -> Self {
        Self(self.0.min(max.max(1)))
    }

    /// A call with so many took so long.
    pub(crate) fn took(self, time: Duration, deadline: Duration) -> Self {
        Self(if time < deadline / QUICK_PART {
            (self.0 * 2).min(MAX)
        } else if time > deadline / SLOW_PART {
            (self.0 / 2).max(1)
        } else {
            self.0
        })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MAX, Slice};

    const DEADLINE: Duration = Duration::from_millis(10);

    fn after(calls: &[u64]) -> usize {
        let took = |slice: Slice, ms: &u64| slice.took(Duration::from_millis(*ms), DEADLINE);
        calls.iter().fold(Slice::default(), took).len()
    }

    #[test]
    fn it_doubles_while_the_component_is_quick() {
        assert_eq!(after(&[0]), 32);
        assert_eq!(after(&[1, 1, 3]), 64);
        assert_eq!(after(&[0; 20]), MAX);
    }

    #[test]
    fn it_halves_where_the_component_takes_most_of_a_deadline() {
        assert_eq!(after(&[9]), 8);
        assert_eq!(after(&[9; 20]), 1);
    }
}
