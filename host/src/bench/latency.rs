//! How long things took.

use std::time::Duration;

use hdrhistogram::Histogram;
use serde::Serialize;

/// What is told apart: three digits of everything from a microsecond to an hour. Longer ones count as an hour.
const LEAST_NS: u64 = 1_000;
const MOST_NS: u64 = 3_600_000_000_000;
const DIGITS: u8 = 3;

/// Points of a curve for each further nine.
const POINTS_PER_NINE: u32 = 8;
const NINES_MAX: u32 = 6;

/// Latencies, in an HDR histogram: bounded memory, no sampling.
#[derive(Clone, Debug)]
pub struct Latency(Histogram<u64>);

/// A summary in milliseconds, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantiles {
    /// How many were measured.
    pub count: u64,
    /// Half of them took no longer.
    pub p50: f64,
    /// 90 of 100.
    pub p90: f64,
    /// 99 of 100.
    pub p99: f64,
    /// 999 of 1,000.
    pub p99_9: f64,
    /// The longest.
    pub max: f64,
}

/// So many of all took no longer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Point {
    /// From 0 to 1.
    pub quantile: f64,
    /// Milliseconds.
    pub ms: f64,
}

impl Latency {
    /// One more.
    pub fn record(&mut self, took: Duration) {
        self.0
            .saturating_record(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX));
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.0.len()
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.0.reset();
    }

    /// In milliseconds; 0 where there is none.
    pub fn ms_at(&self, quantile: f64) -> f64 {
        to_ms(self.0.value_at_quantile(quantile))
    }

    /// None where nothing was measured.
    pub fn quantiles(&self) -> Option<Quantiles> {
        (self.count() > 0).then(|| Quantiles {
            count: self.count(),
            p50: self.ms_at(0.5),
            p90: self.ms_at(0.9),
            p99: self.ms_at(0.99),
            p99_9: self.ms_at(0.999),
            max: to_ms(self.0.max()),
        })
    }

    /// Latency by percentile, with as many nines as the number of measurements carries.
    pub fn curve(&self) -> Vec<Point> {
        let nines = self.count().checked_ilog10().unwrap_or(0).min(NINES_MAX);
        let point = |step| {
            let quantile = 1.0 - 10_f64.powf(-f64::from(step) / f64::from(POINTS_PER_NINE));
            Point {
                quantile,
                ms: self.ms_at(quantile),
            }
        };
        match self.count() {
            0 => vec![],
            _ => (0..=nines * POINTS_PER_NINE).map(point).collect(),
        }
    }
}

impl Default for Latency {
    fn default() -> Self {
        let histogram = Histogram::new_with_bounds(LEAST_NS, MOST_NS, DIGITS);
        Self(histogram.expect("the constants are within the bounds of the format"))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "an hour in microseconds is far below 2^53"
)]
fn to_ms(nanos: u64) -> f64 {
    ((nanos + 500) / 1_000) as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Latency;

    fn close(ms: f64, expected: f64) -> bool {
        (ms - expected).abs() <= expected / 500.0
    }

    #[test]
    fn quantiles_are_right_to_three_digits() {
        let mut latency = Latency::default();
        assert_eq!((latency.quantiles(), latency.curve().len()), (None, 0));
        for ms in 1..=1_000 {
            latency.record(Duration::from_millis(ms));
        }
        let found = latency.quantiles().unwrap();
        assert_eq!(found.count, 1_000);
        for (ms, expected) in [
            (found.p50, 500.0),
            (found.p90, 900.0),
            (found.p99, 990.0),
            (found.p99_9, 999.0),
            (found.max, 1_000.0),
        ] {
            assert!(close(ms, expected), "{ms} is not {expected}");
        }
        latency.clear();
        assert_eq!(latency.count(), 0);
    }

    #[test]
    fn what_is_out_of_bounds_is_counted_all_the_same() {
        let mut latency = Latency::default();
        latency.record(Duration::ZERO);
        latency.record(Duration::MAX);
        let found = latency.quantiles().unwrap();
        assert_eq!(found.count, 2);
        assert!(close(found.max, 3_600_000.0), "{found:?}");
    }

    #[test]
    fn a_curve_rises_and_has_no_more_nines_than_measurements() {
        let mut latency = Latency::default();
        for us in 1..=1_000 {
            latency.record(Duration::from_micros(us));
        }
        let curve = latency.curve();
        assert_eq!(curve.len(), 3 * 8 + 1);
        assert!(close(curve[24].quantile, 0.999) && curve[0].quantile == 0.0);
        assert!(curve.is_sorted_by(|a, b| a.ms <= b.ms && a.quantile < b.quantile));
    }
}
