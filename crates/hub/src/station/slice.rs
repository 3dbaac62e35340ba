//! How much one call asks of a component.

use std::time::Duration;

/// It grows where a call took less than this part of a deadline ...
const QUICK_PART: u32 = 8;
/// ... and shrinks where one took more than this part.
const SLOW_PART: u32 = 2;
/// What a call that failed asked for, over what the next one asks for.
const FAILED_PART: usize = 4;

/// How much one call asks of a component: how many subscribers it is told of, or how many events it decides
/// on. Little at first, more while it is quick, so that a slow one is not asked for more than it can do within
/// a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slice {
    len: usize,
    max: usize,
}

impl Slice {
    /// `len` in the first call, and up to `max`.
    pub(crate) const fn new(len: usize, max: usize) -> Self {
        Self { len, max }
    }

    pub(crate) const fn len(self) -> usize {
        self.len
    }

    /// The same, but at most `max`.
    pub(crate) fn at_most(self, max: usize) -> Self {
        Self {
            len: self.len.min(max.max(1)),
            ..self
        }
    }

    /// A call that asked for so much took so long. One that asked for less than it could tells nothing of how
    /// long more would take.
    pub(crate) fn took(&mut self, asked: usize, time: Duration, deadline: Duration) {
        if time > deadline / SLOW_PART {
            self.len = (asked / 2).clamp(1, self.len);
        } else if asked >= self.len && time < deadline / QUICK_PART {
            self.len = (self.len * 2).min(self.max);
        }
    }

    /// A call that asked for so much has failed: it may have been too much.
    pub(crate) fn failed(&mut self, asked: usize) {
        self.len = (asked / FAILED_PART).clamp(1, self.len);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Slice;

    const DEADLINE: Duration = Duration::from_millis(10);
    const MAX: usize = 2_048;

    /// What is asked for after full calls of so many milliseconds.
    fn after(calls: &[u64]) -> usize {
        let mut slice = Slice::new(16, MAX);
        for ms in calls {
            slice.took(slice.len(), Duration::from_millis(*ms), DEADLINE);
        }
        slice.len()
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

    #[test]
    fn calls_that_ask_for_less_do_not_make_it_grow() {
        let mut slice = Slice::new(16, MAX);
        for _ in 0..20 {
            slice.took(1, Duration::ZERO, DEADLINE);
        }
        assert_eq!(slice.len(), 16);
    }

    #[test]
    fn a_failure_makes_it_shrink_and_it_comes_back() {
        let mut slice = Slice::new(16, MAX);
        slice.failed(16);
        assert_eq!(slice.len(), 4);
        for _ in 0..3 {
            slice.failed(slice.len());
        }
        assert_eq!(slice.len(), 1);
        slice.took(1, Duration::ZERO, DEADLINE);
        assert_eq!(slice.len(), 2);
    }
}
