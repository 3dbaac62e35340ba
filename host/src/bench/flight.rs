//! Events on their way: what a closed loop waits for.

use std::collections::VecDeque;
use std::ops::Range;

/// Events that were published and that somebody still waits for. It holds no more than the window, as the
/// publisher asks before each.
#[derive(Clone, Debug, Default)]
pub struct Flight {
    topics: u64,
    /// Of the first entry.
    first: u64,
    /// How many still wait for each, one event after the other.
    waiting: VecDeque<usize>,
    /// Entries that somebody waits for.
    open: usize,
}

impl Flight {
    /// Nothing is on its way yet.
    pub fn new(topics: usize) -> Self {
        Self {
            topics: topics as u64,
            ..Self::default()
        }
    }

    /// Events that somebody still waits for.
    pub fn open(&self) -> usize {
        self.open
    }

    /// The next event sets out to so many.
    pub fn depart(&mut self, sequence: u64, receivers: usize) {
        if self.waiting.is_empty() {
            self.first = sequence;
        }
        self.waiting.push_back(receivers);
        self.open += usize::from(receivers > 0);
        self.trim();
    }

    /// The event that set out last was never taken by the hub.
    pub fn recall(&mut self) {
        if let Some(receivers) = self.waiting.pop_back() {
            self.open -= usize::from(receivers > 0);
        }
    }

    /// One receiver no longer waits for these events of one topic.
    pub fn land(&mut self, topic: usize, turns: Range<u64>) {
        let end = self.first + self.waiting.len() as u64;
        // Only what is in flight is looked at, however many turns there are.
        let from = self
            .first
            .saturating_sub(topic as u64)
            .div_ceil(self.topics);
        for turn in turns.start.max(from)..turns.end {
            let sequence = turn * self.topics + topic as u64;
            if sequence >= end {
                break;
            }
            let entry = usize::try_from(sequence - self.first).unwrap_or(usize::MAX);
            let Some(left) = self.waiting.get_mut(entry).filter(|left| **left > 0) else {
                continue;
            };
            *left -= 1;
            self.open -= usize::from(*left == 0);
        }
        self.trim();
    }

    /// Nobody is waited for any more.
    pub fn give_up(&mut self) {
        self.waiting.clear();
        self.open = 0;
    }

    fn trim(&mut self) {
        while self.waiting.front() == Some(&0) {
            self.waiting.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Flight;

    fn flight(topics: usize, receivers: &[usize]) -> Flight {
        let mut flight = Flight::new(topics);
        for (sequence, &receivers) in (0..).zip(receivers) {
            flight.depart(sequence, receivers);
        }
        flight
    }

    #[test]
    fn an_event_has_landed_when_all_have_it() {
        let mut flight = flight(1, &[2, 2]);
        flight.land(0, 0..1);
        assert_eq!(flight.open(), 2);
        flight.land(0, 1..2);
        flight.land(0, 1..2);
        assert_eq!(flight.open(), 1, "the second one first");
        flight.land(0, 0..1);
        assert_eq!((flight.open(), flight.waiting.len()), (0, 0));
    }

    #[test]
    fn topics_are_kept_apart() {
        let mut flight = flight(3, &[1, 1, 1, 1, 1, 1, 1]);
        flight.land(1, 0..2);
        assert_eq!(flight.open(), 5);
        flight.land(0, 0..u64::MAX);
        assert_eq!(flight.open(), 2);
        flight.land(2, 0..1);
        assert_eq!((flight.open(), flight.first), (1, 5));
        flight.land(0, 0..9);
        assert_eq!(flight.open(), 1, "what has landed is not counted again");
    }

    #[test]
    fn what_nobody_waits_for_is_not_in_flight() {
        let mut flight = flight(2, &[0, 3]);
        assert_eq!(flight.open(), 1);
        flight.recall();
        assert_eq!(flight.open(), 0);
        flight.depart(1, 3);
        flight.give_up();
        flight.land(1, 0..1);
        flight.depart(2, 1);
        assert_eq!((flight.open(), flight.first), (1, 2));
    }
}
