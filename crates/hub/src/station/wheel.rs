//! When to look at a subscriber again: one wheel for a station, no timer for a connection.

use std::time::Duration;

use super::registry::Ticket;

/// How often the wheel turns. Deadlines are met within one turn.
pub(crate) const TURN: Duration = Duration::from_millis(100);

/// Slots of the wheel; what is due later than a whole round is looked at once a round.
const SLOTS: usize = 1024;

/// Hashed wheel over turns of [`TURN`]. Every subscriber stands in it once; whoever is taken out is
/// looked at and put back for its next deadline.
pub(crate) struct Wheel {
    slots: Vec<Vec<Ticket>>,
    turn: u64,
}

impl Wheel {
    /// A wheel that stands at `now_ms`.
    pub(crate) fn new(now_ms: u64) -> Self {
        Self {
            slots: vec![Vec::new(); SLOTS],
            turn: now_ms / turn_ms(),
        }
    }

    /// Puts `ticket` where it is looked at once `due_ms` has come, counted like the `now_ms` of
    /// [`Self::advance`]; never sooner than the next turn.
    pub(crate) fn insert(&mut self, ticket: Ticket, due_ms: u64) {
        let due = due_ms
            .div_ceil(turn_ms())
            .clamp(self.turn + 1, self.turn + SLOTS as u64 - 1);
        self.slots[slot(due)].push(ticket);
    }

    /// Turns to `now_ms` (milliseconds of a clock that only grows) and takes out all that is due.
    pub(crate) fn advance(&mut self, now_ms: u64) -> Vec<Ticket> {
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
    use super::{Ticket, Wheel};

    fn ticket(n: u32) -> Ticket {
        Ticket {
            client: umbel_routing::Client(n),
            serial: u64::from(n),
        }
    }

    #[test]
    fn what_is_due_comes_out_within_one_turn_and_not_before() {
        let mut wheel = Wheel::new(0);
        wheel.insert(ticket(1), 250);
        wheel.insert(ticket(2), 300);
        wheel.insert(ticket(3), 1_000);
        assert_eq!(wheel.advance(200), []);
        assert_eq!(wheel.advance(300), [ticket(1), ticket(2)]);
        assert_eq!(wheel.advance(999), []);
        assert_eq!(wheel.advance(1_000), [ticket(3)]);
    }

    #[test]
    fn what_is_far_off_is_looked_at_once_a_round() {
        let mut wheel = Wheel::new(0);
        wheel.insert(ticket(1), 3_600_000);
        assert_eq!(wheel.advance(102_200), []);
        assert_eq!(wheel.advance(102_300), [ticket(1)]);
    }

    #[test]
    fn a_long_stop_loses_nobody() {
        let mut wheel = Wheel::new(0);
        for n in 0..50 {
            wheel.insert(ticket(n), u64::from(n) * 1_000);
        }
        assert_eq!(wheel.advance(100_000_000).len(), 50);
        wheel.insert(ticket(1), 0);
        assert_eq!(wheel.advance(100_000_100), [ticket(1)]);
    }
}
