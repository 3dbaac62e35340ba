//! What a run found out: what `--json` prints.

use std::time::Duration;

use serde::Serialize;

use super::latency::{Latency, Point, Quantiles};
use super::measure::{Group, Measure};
use super::plan::Pace;
use super::timeline::{Step, per_second};

/// From this share of one core on, the generator may have been what was measured.
const BUSY_SHARE: f64 = 0.8;

/// What a run found out. Counts are of the whole run with its warm-up, times and rates of what was measured
/// after it.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    /// What was asked for.
    pub settings: Settings,
    /// From the first connection to the last open stream.
    pub connect_seconds: f64,
    /// One stream, from connecting to the head of the answer.
    pub connect_ms: Option<Quantiles>,
    /// Events that the hub took.
    pub events: u64,
    /// Of those, the ones of the warm-up.
    pub warm_up_events: u64,
    /// Publications that the hub was too busy for.
    pub refused: u64,
    /// From the time at which an event was due to the hub's answer.
    pub publish_ms: Option<Quantiles>,
    /// To all, while it was measured.
    pub deliveries_per_second: f64,
    /// Of one core that the generator itself used: where it nears 1, the generator was the limit.
    pub generator_cpu_share: f64,
    /// Those who read as fast as they can.
    pub fast: Received,
    /// Those who read slowly, where there were any.
    pub slow: Option<Received>,
    /// Delivery to the fast ones by percentile.
    pub percentiles: Vec<Point>,
    /// Delivery to the fast ones as it went on.
    pub timeline: Vec<Step>,
}

/// What was asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    /// Where the hub is.
    pub hub: String,
    /// Fast and slow ones.
    pub subscribers: usize,
    /// Of the subscribers.
    pub slow_percent: u8,
    /// That they were spread over.
    pub topics: usize,
    /// In an open loop.
    pub events_per_second: Option<f64>,
    /// In a closed loop: events in flight.
    pub window: Option<usize>,
    /// Of a payload.
    pub size_bytes: usize,
    /// Before it was measured.
    pub warm_up_seconds: f64,
    /// That it was measured for.
    pub duration_seconds: f64,
}

/// What one group of subscribers got. `deliveries + lost = expected`.
#[derive(Clone, Debug, Serialize)]
pub struct Received {
    /// How many they are.
    pub subscribers: usize,
    /// Events that they should have got, all added up.
    pub expected: u64,
    /// Events that they got, each counted once a subscriber.
    pub deliveries: u64,
    /// Events that had not come by the end; of slow ones that includes what still waits for them.
    pub lost: u64,
    /// Events that came again.
    pub duplicated: u64,
    /// Events that came after a later one.
    pub reordered: u64,
    /// Times that the hub said something was left out.
    pub gaps: u64,
    /// Events that it said were left out.
    pub gap_events: u64,
    /// Messages that this run did not publish like that.
    pub unexpected: u64,
    /// Streams that ended before the run.
    pub disconnected: u64,
    /// Of the streams, heads not counted.
    pub bytes: u64,
    /// While it was measured.
    pub deliveries_per_second: f64,
    /// From the time at which an event was due to its arrival.
    pub latency_ms: Option<Quantiles>,
}

/// How the streams were opened.
pub struct Connecting {
    /// From the first connection to the last open stream.
    pub took: Duration,
    /// Each stream.
    pub latency: Latency,
}

impl Outcome {
    /// Of a run that is over.
    pub fn new(measure: Measure, hub: String, connecting: &Connecting, cpu_share: f64) -> Self {
        let duration = measure.plan.duration;
        let fast = Received::new(&measure.fast, duration);
        let slow = Received::new(&measure.slow, duration);
        let in_time = measure.fast.tally.in_time + measure.slow.tally.in_time;
        Self {
            settings: Settings::new(&measure, hub),
            connect_seconds: rounded(connecting.took.as_secs_f64()),
            connect_ms: connecting.latency.quantiles(),
            events: measure.events,
            warm_up_events: measure.warm_up_events,
            refused: measure.refused,
            publish_ms: measure.publish.quantiles(),
            deliveries_per_second: per_second(in_time, duration),
            generator_cpu_share: rounded(cpu_share),
            fast,
            slow: Some(slow).filter(|slow| slow.subscribers > 0),
            percentiles: measure.fast.latency.curve(),
            timeline: measure.timeline.finish(),
        }
    }

    /// What the hub did wrong to those who read as fast as they can; none where it did all right.
    pub fn fault(&self) -> Option<String> {
        let fast = &self.fast;
        let faults = [
            (fast.lost, "lost"),
            (fast.duplicated, "duplicated"),
            (fast.reordered, "reordered"),
        ];
        let told: Vec<String> = faults
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        let expected = fast.expected;
        (!told.is_empty()).then(|| {
            let told = told.join(", ");
            format!("of {expected} deliveries to fast subscribers: {told}")
        })
    }

    /// Whether the generator may have been the limit, and not the hub.
    pub fn generator_was_busy(&self) -> bool {
        self.generator_cpu_share >= BUSY_SHARE
    }
}

impl Settings {
    fn new(measure: &Measure, hub: String) -> Self {
        let plan = &measure.plan;
        let (events_per_second, window) = match plan.pace {
            Pace::Every(interval) => (Some(rounded(1.0 / interval.as_secs_f64())), None),
            Pace::Window(window) => (None, Some(window)),
        };
        Self {
            hub,
            subscribers: plan.subscribers,
            slow_percent: plan.slow.percent(),
            topics: plan.topics,
            events_per_second,
            window,
            size_bytes: plan.size,
            warm_up_seconds: plan.warm_up().as_secs_f64(),
            duration_seconds: plan.duration.as_secs_f64(),
        }
    }
}

impl Received {
    fn new(group: &Group, duration: Duration) -> Self {
        let tally = group.tally;
        Self {
            subscribers: group.subscribers,
            expected: group.expected,
            deliveries: tally.received,
            lost: group.missing(),
            duplicated: tally.duplicated,
            reordered: tally.reordered,
            gaps: tally.gaps,
            gap_events: tally.gap_events,
            unexpected: tally.unexpected,
            disconnected: tally.disconnected,
            bytes: tally.bytes,
            deliveries_per_second: per_second(tally.in_time, duration),
            latency_ms: group.latency.quantiles(),
        }
    }
}

/// To three digits after the point.
fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
pub mod sample {
    //! An outcome to show.

    use std::time::Duration;

    use super::{Connecting, Outcome};
    use crate::bench::latency::Latency;
    use crate::bench::measure::Measure;
    use crate::bench::plan::{Pace, Plan};

    /// Of a run with `slow` percent of slow readers in which nothing was lost, and nothing happened.
    pub fn outcome(slow: &str) -> Outcome {
        let plan = Plan {
            subscribers: 10,
            topics: 2,
            pace: Pace::Every(Duration::from_millis(50)),
            size: 100,
            duration: Duration::from_secs(3),
            slow: slow.parse().expect("a share"),
        };
        let connecting = Connecting {
            took: Duration::from_millis(5),
            latency: Latency::default(),
        };
        let mut measure = Measure::new(plan, 1);
        for ms in [1, 2, 900] {
            measure.fast.latency.record(Duration::from_millis(ms));
            let at = Duration::from_millis(ms);
            measure.timeline.record(at, at);
        }
        Outcome::new(measure, "http://<hub>/".into(), &connecting, 0.25)
    }
}

#[cfg(test)]
mod tests {
    use super::sample::outcome;

    #[test]
    fn a_run_in_which_fast_readers_lost_something_says_so() {
        let mut outcome = outcome("10");
        assert_eq!(outcome.fault(), None);
        outcome.slow.as_mut().unwrap().lost = 3;
        assert_eq!(outcome.fault(), None);
        (outcome.fast.expected, outcome.fast.lost) = (9, 2);
        outcome.fast.reordered = 1;
        let told = "of 9 deliveries to fast subscribers: 2 lost, 1 reordered";
        assert_eq!(outcome.fault().as_deref(), Some(told));
    }

    #[test]
    fn those_who_are_not_there_are_not_reported() {
        assert!(outcome("0").slow.is_none());
        let json = serde_json::to_value(outcome("10")).unwrap();
        assert_eq!(json["settings"]["events_per_second"], 20.0);
        assert_eq!(json["settings"]["window"], serde_json::Value::Null);
        assert_eq!(json["slow"]["subscribers"], 1);
    }
}
