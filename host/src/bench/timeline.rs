//! How a run went on, step by step.

use std::time::Duration;

use serde::Serialize;

use super::latency::Latency;

/// A longer run has longer steps than a second.
const STEPS_MAX: u64 = 600;

/// How a run went on. Deliveries are told in the order in which they arrive.
#[derive(Clone, Debug)]
pub struct Timeline {
    duration: Duration,
    step: Duration,
    /// Of the step that is going on.
    latency: Latency,
    steps: Vec<Step>,
}

/// One step: a second, or more in a long run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Step {
    /// When it began, in seconds from the end of the warm-up.
    pub second: f64,
    /// Deliveries that arrived, per second.
    pub deliveries_per_second: f64,
    /// Milliseconds; none where nothing arrived.
    pub p50_ms: Option<f64>,
    /// Milliseconds; none where nothing arrived.
    pub p99_ms: Option<f64>,
}

impl Timeline {
    /// Of a run in which so much is measured.
    pub fn new(duration: Duration) -> Self {
        let seconds = duration.as_secs().div_ceil(STEPS_MAX).max(1);
        Self {
            duration,
            step: Duration::from_secs(seconds),
            latency: Latency::default(),
            steps: vec![],
        }
    }

    /// A delivery arrived at `at` from the end of the warm-up, and took so long. What arrives after the end
    /// is left out: the hub is idle then.
    pub fn record(&mut self, at: Duration, took: Duration) {
        if at >= self.duration {
            return;
        }
        while at >= self.begin() + self.step {
            self.close();
        }
        self.latency.record(took);
    }

    /// All steps to the end; those in which nothing arrived too.
    pub fn finish(mut self) -> Vec<Step> {
        while self.begin() < self.duration {
            self.close();
        }
        self.steps
    }

    fn begin(&self) -> Duration {
        self.step * u32::try_from(self.steps.len()).unwrap_or(u32::MAX)
    }

    fn close(&mut self) {
        let begin = self.begin();
        let length = self.step.min(self.duration.saturating_sub(begin));
        let at = |quantile| (self.latency.count() > 0).then(|| self.latency.ms_at(quantile));
        self.steps.push(Step {
            second: begin.as_secs_f64(),
            deliveries_per_second: per_second(self.latency.count(), length),
            p50_ms: at(0.5),
            p99_ms: at(0.99),
        });
        self.latency.clear();
    }
}

/// So many in this time, per second, to a tenth; 0 in no time.
#[expect(
    clippy::cast_precision_loss,
    reason = "nobody reads the sixteenth digit of a rate"
)]
pub fn per_second(count: u64, time: Duration) -> f64 {
    if time.is_zero() {
        return 0.0;
    }
    (count as f64 / time.as_secs_f64() * 10.0).round() / 10.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Step, Timeline};

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn a_stall_is_seen_as_seconds_without_a_delivery() {
        let mut timeline = Timeline::new(3_500 * MS);
        for at in [0, 999, 3_000, 3_499, 3_500, 9_000] {
            timeline.record(at * MS, 4 * MS);
        }
        let steps = timeline.finish();
        let rates: Vec<f64> = steps.iter().map(|s| s.deliveries_per_second).collect();
        assert_eq!(rates, [2.0, 0.0, 0.0, 4.0], "the last one is half a second");
        let silent = Step {
            second: 1.0,
            deliveries_per_second: 0.0,
            p50_ms: None,
            p99_ms: None,
        };
        assert_eq!(steps[1], silent);
        assert!(steps[3].p99_ms.is_some_and(|ms| (ms - 4.0).abs() < 0.01));
    }

    #[test]
    fn a_day_has_no_more_steps_than_ten_minutes() {
        let mut timeline = Timeline::new(Duration::from_hours(24));
        timeline.record(Duration::from_hours(23), MS);
        assert_eq!(timeline.finish().len(), 600);
    }
}
