//! CPU time of calls.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;
use umbel_routing::Export;

/// Significant digits that are kept.
const DIGITS: u8 = 3;

/// Nanoseconds of the longest call that is told from longer ones: a minute.
const LONGEST_NS: u64 = 60_000_000_000;

/// CPU time of calls, by what is called.
#[derive(Default)]
pub(super) struct Costs {
    event: Times,
    start: Times,
    join: Times,
    leave: Times,
    route: Times,
    select: Times,
    overflow: Times,
}

/// What one thing costs, in nanoseconds of CPU time.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Cost {
    /// What: `event` is one event of a `route`, `start` an instance that is built and configured.
    pub(super) of: &'static str,
    pub(super) count: u64,
    pub(super) min_ns: u64,
    pub(super) median_ns: u64,
    pub(super) p99_ns: u64,
}

struct Times(Histogram<u64>);

impl Costs {
    pub(super) fn of_start(&mut self, cost: Duration) {
        self.start.add(nanoseconds(cost));
    }

    /// A call, which routed so many events.
    pub(super) fn of_call(&mut self, export: Export, events: usize, cost: Duration) {
        let times = match export {
            Export::Join => &mut self.join,
            Export::Leave => &mut self.leave,
            Export::Route => &mut self.route,
            Export::Select => &mut self.select,
            Export::Overflow => &mut self.overflow,
            _ => return,
        };
        let cost = nanoseconds(cost);
        times.add(cost);
        if let Some(of_one) = cost.checked_div(events as u64) {
            self.event.add(of_one);
        }
    }

    /// What was called at all.
    pub(super) fn told(&self) -> Vec<Cost> {
        let all = [
            ("event", &self.event),
            ("start", &self.start),
            ("join", &self.join),
            ("leave", &self.leave),
            ("route", &self.route),
            ("select", &self.select),
            ("overflow", &self.overflow),
        ];
        let called = all.into_iter().filter(|(_, times)| !times.0.is_empty());
        called.map(|(of, times)| times.told(of)).collect()
    }
}

impl Times {
    fn add(&mut self, nanoseconds: u64) {
        self.0.saturating_record(nanoseconds);
    }

    fn told(&self, of: &'static str) -> Cost {
        Cost {
            of,
            count: self.0.len(),
            min_ns: self.0.min(),
            median_ns: self.0.value_at_quantile(0.5),
            p99_ns: self.0.value_at_quantile(0.99),
        }
    }
}

impl Default for Times {
    fn default() -> Self {
        Self(
            Histogram::new_with_bounds(1, LONGEST_NS, DIGITS)
                .expect("bounds and digits are allowed"),
        )
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use umbel_routing::Export;

    use super::Costs;

    #[test]
    fn an_event_costs_its_share_of_the_call() {
        let mut costs = Costs::default();
        for microseconds in [10, 20, 90] {
            costs.of_call(Export::Route, 10, Duration::from_micros(microseconds));
        }
        costs.of_call(Export::Route, 0, Duration::from_micros(1));
        let told = costs.told();
        let names: Vec<_> = told.iter().map(|cost| (cost.of, cost.count)).collect();
        assert_eq!(names, [("event", 3), ("route", 4)]);
        assert_eq!((told[0].min_ns, told[0].median_ns / 100), (1_000, 20));
    }
}
