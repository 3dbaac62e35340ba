//! How long to wait before connecting again.

use std::time::Duration;

/// What a client waits where the hub did not say.
const DEFAULT: Duration = Duration::from_secs(1);

/// Longest wait, unless the hub asks for a longer one.
const LONGEST: Duration = Duration::from_secs(30);

/// How long to wait before connecting again: what the hub asked for after a stream that was good, twice
/// as long after each attempt that failed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The stream gave something: the next failure is the first.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait now. `asked_ms` is what the hub asked for with `retry:`, in milliseconds.
    pub fn next(&mut self, asked_ms: Option<u64>) -> Duration {
        let base = asked_ms.map_or(DEFAULT, Duration::from_millis);
        let wait = base
            .saturating_mul(1 << self.failures.min(10))
            .min(LONGEST.max(base));
        self.failures = self.failures.saturating_add(1);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::Backoff;

    #[test]
    fn waits_double_up_to_half_a_minute_and_start_again_after_a_good_stream() {
        let mut backoff = Backoff::default();
        let waits: Vec<u64> = (0..7)
            .map(|_| backoff.next(Some(2_000)).as_secs())
            .collect();
        assert_eq!(waits, [2, 4, 8, 16, 30, 30, 30]);
        backoff.reset();
        assert_eq!(backoff.next(None).as_secs(), 1);
    }

    #[test]
    fn what_the_hub_asks_for_is_never_undercut() {
        assert_eq!(Backoff::default().next(Some(120_000)).as_secs(), 120);
    }
}
