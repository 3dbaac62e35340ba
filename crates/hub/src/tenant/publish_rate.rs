//! How fast a tenant may publish.

use std::sync::{Mutex, PoisonError};

/// Events are counted in thousandths, so that a slow rate refills evenly.
const MILLI: u64 = 1_000;

/// A bucket that holds the events of one second.
#[derive(Debug, Default)]
pub(crate) struct PublishRate(Mutex<Bucket>);

#[derive(Debug, Default)]
struct Bucket {
    /// Thousandths of an event that may be published now.
    left: u64,
    filled_ms: u64,
}

impl PublishRate {
    /// Takes one event out at `now_ms`; false where there is none left. At `per_second` 0 there always is.
    pub(crate) fn take(&self, per_second: u32, now_ms: u64) -> bool {
        if per_second == 0 {
            return true;
        }
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rate = u64::from(per_second);
        let grown = now_ms.saturating_sub(bucket.filled_ms).saturating_mul(rate);
        bucket.left = bucket.left.saturating_add(grown).min(rate * MILLI);
        bucket.filled_ms = now_ms.max(bucket.filled_ms);
        let allowed = bucket.left >= MILLI;
        if allowed {
            bucket.left -= MILLI;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::PublishRate;

    #[test]
    fn a_second_allows_so_many_and_no_more() {
        let rate = PublishRate::default();
        let allowed = |now_ms| (0..20).filter(|_| rate.take(5, now_ms)).count();
        assert_eq!(allowed(10_000), 5);
        assert_eq!(allowed(10_000), 0);
        assert_eq!(allowed(10_200), 1);
        assert_eq!(allowed(10_300), 0);
        assert_eq!(allowed(10_400), 1);
        assert_eq!(allowed(99_000), 5, "what was not used is not saved up");
    }

    #[test]
    fn without_a_rate_there_is_no_limit() {
        let rate = PublishRate::default();
        assert!((0..10_000).all(|_| rate.take(0, 0)));
    }
}
