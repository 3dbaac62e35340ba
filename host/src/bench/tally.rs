//! What is counted of one group of subscribers.

use serde::Deserialize;

/// What is counted of one group of subscribers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Events that they got, each counted once a subscriber.
    pub received: u64,
    /// Of those, the ones that arrived while it was measured.
    pub in_time: u64,
    /// Events that came again.
    pub duplicated: u64,
    /// Events that came after a later one.
    pub reordered: u64,
    /// Times that the hub said something was left out.
    pub gaps: u64,
    /// Events that it said were left out.
    pub gap_events: u64,
    /// Messages that this run did not publish, or not on that topic, or not like that.
    pub unexpected: u64,
    /// Streams that ended before the run.
    pub disconnected: u64,
    /// Bytes of the streams, heads not counted.
    pub bytes: u64,
}

/// What a gap event says of itself.
#[derive(Deserialize)]
struct Gap {
    #[serde(default)]
    count: u64,
}

impl Tally {
    /// The hub said that something was left out.
    pub fn gap(&mut self, data: &str) {
        self.gaps += 1;
        let count = serde_json::from_str(data).map_or(0, |gap: Gap| gap.count);
        self.gap_events = self.gap_events.saturating_add(count);
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_gap_counts_whether_it_says_how_large_it_is_or_not() {
        let mut tally = Tally::default();
        tally.gap(r#"{"cause":"dropped","count":3}"#);
        tally.gap(r#"{"cause":"expired"}"#);
        tally.gap("?");
        assert_eq!((tally.gaps, tally.gap_events), (3, 3));
    }
}
