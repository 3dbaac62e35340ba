//! How much of a shard's time the components of one tenant may take.

use std::time::Duration;

/// What may be taken at once, in deadlines of a call.
const BURST_DEADLINES: u32 = 2;
/// Once a tenant's components have taken this part of a deadline, the others of the shard get their turn.
pub(crate) const LONG_PART: u32 = 8;
/// After this part of a deadline in one go they get a rest as well.
const REST_PART: u32 = 4;
/// What the others need to get going again after something long, in microseconds: their caches are cold, and
/// their peers have gone to sleep. Measured by `cargo xtask hostile`.
const RESUME_US: u64 = 100;

/// A bucket of time that fills at the tenant's share of a shard. A call is never cut short for it: it may
/// overdraw, and what comes after waits until that is made good. A new one is full.
///
/// What was long is followed by a rest, as long at most, whatever the bucket still holds. An event of another
/// tenant passes through several tasks of the shard; without a rest it would wait for one call before each.
#[derive(Debug, Default)]
pub(crate) struct Share {
    /// Microseconds that may be taken now; below zero: overdrawn.
    left_us: i64,
    filled_ms: u64,
    rest_until_ms: u64,
}

/// How much time there is to take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    /// Percent of a shard's time.
    pub(crate) percent: u32,
    /// Of one call.
    pub(crate) deadline: Duration,
}

impl Rate {
    fn burst_us(self) -> i64 {
        let burst = self.deadline.saturating_mul(BURST_DEADLINES);
        i64::try_from(burst.as_micros()).unwrap_or(i64::MAX)
    }

    fn is_long(self, spent_us: u64) -> bool {
        Duration::from_micros(spent_us) >= self.deadline / REST_PART
    }

    /// Milliseconds that others get after what took so long: with a share of one half and below as many.
    fn rest_ms(self, spent_us: u64) -> u64 {
        let others = u64::from(100_u32.saturating_sub(self.percent));
        let rest_us = spent_us.saturating_mul(others) / u64::from(self.percent.max(1));
        rest_us.min(spent_us).div_ceil(1_000)
    }

    /// Microseconds in a number of milliseconds.
    fn over(self, ms: u64) -> i64 {
        let us = ms.saturating_mul(1_000) / 100;
        i64::try_from(us.saturating_mul(u64::from(self.percent))).unwrap_or(i64::MAX)
    }
}

impl Share {
    /// Takes `spent_us` out, and says how many milliseconds to wait before more may be taken; 0: none.
    pub(crate) fn settle(&mut self, spent_us: u64, rate: Option<Rate>, now_ms: u64) -> u64 {
        let Some(rate) = rate else {
            // Whoever gets a share later begins with a whole burst.
            *self = Self::default();
            return 0;
        };
        let filled = rate.over(now_ms.saturating_sub(self.filled_ms));
        self.filled_ms = now_ms;
        self.left_us = self.left_us.saturating_add(filled).min(rate.burst_us());
        let mut spent_us = spent_us;
        if rate.is_long(spent_us) {
            self.rest_until_ms = now_ms + rate.rest_ms(spent_us);
            spent_us = spent_us.saturating_add(RESUME_US);
        }
        let spent = i64::try_from(spent_us).unwrap_or(i64::MAX);
        self.left_us = self.left_us.saturating_sub(spent);
        let missing = u64::try_from(self.left_us.saturating_neg()).unwrap_or(0);
        let refill_ms = (missing * 100)
            .div_ceil(u64::from(rate.percent.max(1)))
            .div_ceil(1_000);
        refill_ms.max(self.rest_until_ms.saturating_sub(now_ms))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Rate, Share};

    const QUARTER: Option<Rate> = Some(Rate {
        percent: 25,
        deadline: Duration::from_millis(10),
    });

    #[test]
    fn a_burst_of_two_deadlines_is_free_and_then_time_has_to_pass() {
        let mut share = Share::default();
        for _ in 0..20 {
            assert_eq!(share.settle(1_000, QUARTER, 1_000), 0);
        }
        assert_eq!(share.settle(1_000, QUARTER, 1_000), 4);
        assert_eq!(share.settle(0, QUARTER, 1_003), 1);
        assert_eq!(share.settle(0, QUARTER, 1_004), 0);
    }

    #[test]
    fn the_others_get_as_much_time_after_a_long_call_even_within_a_burst() {
        let mut share = Share::default();
        assert_eq!(share.settle(10_000, QUARTER, 1_000), 10);
        assert_eq!(share.settle(0, QUARTER, 1_004), 6);
        assert_eq!(share.settle(0, QUARTER, 1_010), 0);
    }

    #[test]
    fn who_may_take_more_than_half_rests_for_less() {
        let most = QUARTER.map(|rate| Rate {
            percent: 80,
            ..rate
        });
        assert_eq!(Share::default().settle(8_000, most, 1_000), 2);
    }

    #[test]
    fn over_time_a_quarter_is_a_quarter() {
        let mut share = Share::default();
        let (mut now_ms, mut spent_us) = (1_000_u64, 0_u64);
        while now_ms < 101_000 {
            match share.settle(500, QUARTER, now_ms) {
                0 => now_ms += 1,
                wait_ms => now_ms += wait_ms,
            }
            spent_us += 500;
        }
        let percent = spent_us / 10 / 100_000;
        assert!((24..=26).contains(&percent), "{percent}");
    }

    #[test]
    fn without_a_limit_nobody_waits() {
        let mut share = Share::default();
        assert_eq!(share.settle(u64::MAX, None, 1_000_000), 0);
        for _ in 0..20 {
            assert_eq!(share.settle(1_000, QUARTER, 1_000_001), 0, "a whole burst");
        }
    }
}
