//! A hub that sends everyone elsewhere.

use std::time::Duration;

use crate::clock::millis;

/// When the streams of a hub end that is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Drain {
    /// Unix time in milliseconds.
    pub(crate) begun_ms: u64,
    over_ms: u64,
}

impl Drain {
    /// From `begun_ms` on, spread over that time.
    pub(crate) fn new(begun_ms: u64, over: Duration) -> Self {
        let over_ms = millis(over);
        Self { begun_ms, over_ms }
    }

    /// When the stream of subscriber `n` of `count` of one station ends: each has a part of the time, and ends
    /// somewhere in it, so that neither the subscribers of a station end together nor the only subscribers of
    /// many.
    pub(crate) fn ends_ms(&self, n: usize, count: usize, spread: impl FnOnce(u64) -> u64) -> u64 {
        let part = |n: usize| {
            let ms = u128::from(self.over_ms) * n as u128 / count.max(1) as u128;
            u64::try_from(ms).unwrap_or(u64::MAX)
        };
        let (begins_ms, ends_ms) = (part(n), part(n + 1));
        self.begun_ms + begins_ms + spread(ends_ms - begins_ms)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Drain;

    #[test]
    fn each_ends_in_a_part_of_the_time_of_its_own() {
        let drain = Drain::new(1_000, Duration::from_secs(10));
        let ends = |spread: fn(u64) -> u64| -> Vec<u64> {
            (0..4).map(|n| drain.ends_ms(n, 4, spread)).collect()
        };
        assert_eq!(ends(|_| 0), [1_000, 3_500, 6_000, 8_500]);
        assert_eq!(ends(|range| range - 1), [3_499, 5_999, 8_499, 10_999]);
        assert_eq!(drain.ends_ms(0, 1, |range| range - 1), 10_999);
    }

    #[test]
    fn where_there_is_no_time_all_end_at_once() {
        let drain = Drain::new(1_000, Duration::ZERO);
        assert_eq!(drain.ends_ms(2, 3, |_| 0), 1_000);
    }
}
