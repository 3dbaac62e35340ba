//! Whether one subscriber gets every event once and in order.

use std::ops::Range;

/// Runs of missing events that are remembered, so that a late one is told from a second one. Where there are
/// more, the oldest is forgotten: what still comes of it counts as a duplicate.
const HOLES_MAX: usize = 64;

/// What arrived at one subscriber. Events of one topic are counted from 0.
#[derive(Clone, Debug, Default)]
pub struct Arrivals {
    /// One more than the highest that came.
    next: u64,
    /// What was left out below it, ascending.
    holes: Vec<Range<u64>>,
}

/// What an event is to the subscriber that it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The next one, or a later one: then those before it were left out.
    Next {
        /// Those left out; mostly empty.
        skipped: Range<u64>,
    },
    /// One that had been left out.
    Late,
    /// One that came before.
    Again,
}

impl Arrivals {
    /// Takes what came.
    pub fn take(&mut self, turn: u64) -> Arrival {
        if turn < self.next {
            return self.fill(turn);
        }
        let skipped = self.next..turn;
        self.next = turn.saturating_add(1);
        if !skipped.is_empty() {
            if self.holes.len() == HOLES_MAX {
                self.holes.remove(0);
            }
            self.holes.push(skipped.clone());
        }
        Arrival::Next { skipped }
    }

    /// The first that would be no surprise.
    pub fn next(&self) -> u64 {
        self.next
    }

    fn fill(&mut self, turn: u64) -> Arrival {
        let Some(at) = self.holes.iter().position(|hole| hole.contains(&turn)) else {
            return Arrival::Again;
        };
        let hole = self.holes.remove(at);
        let rest = [turn + 1..hole.end, hole.start..turn];
        for part in rest.into_iter().filter(|part| !part.is_empty()) {
            self.holes.insert(at, part);
        }
        if self.holes.len() > HOLES_MAX {
            self.holes.remove(0);
        }
        Arrival::Late
    }
}

#[cfg(test)]
mod tests {
    use super::{Arrival, Arrivals, HOLES_MAX};

    fn take(arrivals: &mut Arrivals, turns: &[u64]) -> Vec<Arrival> {
        turns.iter().map(|&turn| arrivals.take(turn)).collect()
    }

    fn next(skipped: std::ops::Range<u64>) -> Arrival {
        Arrival::Next { skipped }
    }

    #[test]
    fn in_order_nothing_is_left_out() {
        let taken = take(&mut Arrivals::default(), &[0, 1, 2]);
        assert_eq!(taken, [next(0..0), next(1..1), next(2..2)]);
    }

    #[test]
    fn what_is_left_out_is_told_from_what_comes_late_and_what_comes_twice() {
        let mut arrivals = Arrivals::default();
        let taken = take(&mut arrivals, &[0, 0, 5, 2, 2, 1, 4, 3, 3, 5, 6]);
        let (late, again) = (Arrival::Late, Arrival::Again);
        assert_eq!(
            taken,
            [
                next(0..0),
                again.clone(),
                next(1..5),
                late.clone(),
                again.clone(),
                late.clone(),
                late.clone(),
                late,
                again.clone(),
                again,
                next(6..6),
            ]
        );
        assert_eq!((arrivals.next(), arrivals.holes.len()), (7, 0));
    }

    #[test]
    fn what_is_remembered_has_a_bound() {
        let mut arrivals = Arrivals::default();
        for turn in 0..10_000 {
            arrivals.take(2 * turn + 1);
        }
        assert_eq!(arrivals.holes.len(), HOLES_MAX);
        assert_eq!(arrivals.take(0), Arrival::Again, "forgotten");
        assert_eq!(arrivals.take(19_998), Arrival::Late);
        arrivals.take(u64::MAX);
        arrivals.take(u64::MAX / 2);
        assert!(arrivals.holes.len() <= HOLES_MAX);
    }
}
