//! When to look at something again: one wheel for a shard, no timer for a connection.

use std::time::Duration;

/// How often the wheel turns. Deadlines are met within one turn.
pub const TURN: Duration = Duration::from_millis(100);

/// Slots of the wheel; what is due later than a whole round is looked at once a round.
const SLOTS: usize = 1024;

/// Hashed wheel over turns of [`TURN`]. What is taken out is looked at, and put back for its next
/// deadline.
pub(crate) struct Wheel<T> {
    slots: Vec<Vec<T>>,
    turn: u64,
}

impl<T> Wheel<T> {
    /// A wheel that stands at `now_ms`.
    pub(crate) fn new(now_ms: u64) -> Self {
        Self {
            slots: (0..SLOTS).map(|_| Vec::new()).collect(),
            turn: now_ms / turn_ms(),
        }
    }

    /// Puts `what` where it is looked at once `due_ms` has come, counted like the `now_ms` of
    /// [`Self::advance`]; never sooner than the next turn.
    pub(crate) fn insert(&mut self, what: T, due_ms: u64) {
        let due = due_ms
            .div_ceil(turn_ms())
            .clamp(self.turn + 1, self.turn + SLOTS as u64 - 1);
        self.slots[slot(due)].push(what);
    }

    /// Turns to `now_ms` (milliseconds of a clock that only grows) and takes out all that is due.
    pub(crate) fn advance(&mut self, now_ms: u64) -> Vec<T> {
        let target = now_ms / turn_ms();
        let mut due = Vec::new();
        // After a long stop one whole round sees every slot; more rounds would see nothing new.
        self.turn = self.turn.max(target.saturating_sub(SLOTS as u64));
        while self.turn < target {
            self.turn += 1;
            due.append(&mut std::mem::take(&mut self.slots[slot(self.turn)]));
        }
        due
    }
}

fn turn_ms() -> u64 {
    u64::try_from(TURN.as_millis()).unwrap_or(u64::MAX)
}

fn slot(turn: u64) -> usize {
    usize::try_from(turn % SLOTS as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Wheel;

    #[test]
    fn what_is_due_comes_out_within_one_turn_and_not_before() {
        let mut wheel = Wheel::new(0);
        wheel.insert(1, 250);
        wheel.insert(2, 300);
        wheel.insert(3, 1_000);
        assert_eq!(wheel.advance(200), [0; 0]);
        assert_eq!(wheel.advance(300), [1, 2]);
        assert_eq!(wheel.advance(999), [0; 0]);
        assert_eq!(wheel.advance(1_000), [3]);
    }

    #[test]
    fn what_is_far_off_is_looked_at_once_a_round() {
        let mut wheel = Wheel::new(0);
        wheel.insert(1, 3_600_000);
        assert_eq!(wheel.advance(102_200), [0; 0]);
        assert_eq!(wheel.advance(102_300), [1]);
    }

    #[test]
    fn a_long_stop_loses_nobody() {
        let mut wheel = Wheel::new(0);
        for n in 0..50_u64 {
            wheel.insert(n, n * 1_000);
        }
        assert_eq!(wheel.advance(100_000_000).len(), 50);
        wheel.insert(1, 0);
        assert_eq!(wheel.advance(100_000_100), [1]);
    }
}
