//! A component that fails again and again is left alone for a while.

/// Faults within [`WINDOW_MS`] that open it.
const FAULTS_MAX: u32 = 8;
/// Milliseconds over which faults are counted together.
const WINDOW_MS: u64 = 10_000;
/// Milliseconds of the first pause; each further one is twice as long ...
const PAUSE_MIN_MS: u64 = 1_000;
/// ... up to this.
const PAUSE_MAX_MS: u64 = 60_000;

/// Counts the faults of a component. After too many it is open for a while: the component is not called.
/// Then it is tried again; a fault soon after that opens it at once, for longer.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    faults: u32,
    window_began_ms: u64,
    open_until_ms: u64,
    pause_ms: u64,
}

impl Breaker {
    /// Whether the component is left alone at `now_ms`.
    pub(crate) fn is_open(&self, now_ms: u64) -> bool {
        now_ms < self.open_until_ms
    }

    /// The component has failed.
    pub(crate) fn fault(&mut self, now_ms: u64) {
        if now_ms.saturating_sub(self.window_began_ms) > WINDOW_MS {
            self.window_began_ms = now_ms;
            self.faults = 0;
        }
        self.faults += 1;
        if self.faults >= FAULTS_MAX || self.is_probing(now_ms) {
            self.open(now_ms);
        }
    }

    /// There is no use in trying again at once.
    pub(crate) fn open(&mut self, now_ms: u64) {
        let long_ago = now_ms.saturating_sub(self.open_until_ms) > WINDOW_MS + self.pause_ms;
        let pause_ms = if long_ago { 0 } else { self.pause_ms * 2 };
        self.pause_ms = pause_ms.clamp(PAUSE_MIN_MS, PAUSE_MAX_MS);
        self.open_until_ms = now_ms + self.pause_ms;
        self.faults = 0;
    }

    /// Whether it was open a moment ago.
    fn is_probing(&self, now_ms: u64) -> bool {
        self.open_until_ms > 0 && now_ms.saturating_sub(self.open_until_ms) <= WINDOW_MS
    }
}

#[cfg(test)]
mod tests {
    use super::{Breaker, FAULTS_MAX, PAUSE_MAX_MS, PAUSE_MIN_MS, WINDOW_MS};

    #[test]
    fn a_few_faults_leave_it_closed_and_more_open_it() {
        let mut breaker = Breaker::default();
        for _ in 1..FAULTS_MAX {
            breaker.fault(1_000);
        }
        assert!(!breaker.is_open(1_000));
        breaker.fault(1_001);
        assert!(breaker.is_open(1_001));
        assert!(!breaker.is_open(1_001 + PAUSE_MIN_MS));
    }

    #[test]
    fn faults_that_lie_far_apart_are_not_counted_together() {
        let mut breaker = Breaker::default();
        for n in 0..100 {
            breaker.fault(n * (WINDOW_MS + 1));
            assert!(!breaker.is_open(n * (WINDOW_MS + 1)));
        }
    }

    #[test]
    fn a_fault_soon_after_it_closed_opens_it_for_twice_as_long() {
        let mut breaker = Breaker::default();
        let mut now_ms = 50_000;
        breaker.open(now_ms);
        let mut pause_ms = PAUSE_MIN_MS;
        for _ in 0..10 {
            now_ms += pause_ms;
            assert!(!breaker.is_open(now_ms));
            breaker.fault(now_ms);
            pause_ms = (pause_ms * 2).min(PAUSE_MAX_MS);
            assert!(breaker.is_open(now_ms + pause_ms - 1));
        }
    }

    #[test]
    fn after_a_good_while_it_begins_anew() {
        let mut breaker = Breaker::default();
        breaker.open(0);
        breaker.fault(PAUSE_MIN_MS);
        let now_ms = 10 * PAUSE_MAX_MS;
        breaker.open(now_ms);
        assert!(!breaker.is_open(now_ms + PAUSE_MIN_MS));
    }
}
