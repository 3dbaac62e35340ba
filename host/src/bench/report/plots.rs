//! Which plots a report shows.

use super::plot::{Axis, Line, Plot};
use super::scale::Scale;
use crate::bench::outcome::Outcome;
use crate::bench::timeline::Step;

const MS: &str = "milliseconds";
const SECONDS: &str = "seconds";

/// The plots of a report.
pub(super) fn plots(outcome: &Outcome) -> [Plot; 3] {
    [
        by_percentile(outcome),
        latency_over_time(outcome),
        deliveries_over_time(outcome),
    ]
}

fn by_percentile(outcome: &Outcome) -> Plot {
    let points: Vec<(f64, f64)> = outcome
        .percentiles
        .iter()
        .map(|point| (-(1.0 - point.quantile).log10(), point.ms))
        .collect();
    let nines = points.last().map_or(0.0, |(nines, _)| *nines);
    Plot {
        title: "Delivery latency by percentile".into(),
        x: Axis {
            name: "percentile",
            scale: Scale::nines(nines),
        },
        y: Axis {
            name: MS,
            scale: Scale::to(highest(points.iter().map(|(_, ms)| *ms))),
        },
        lines: vec![Line {
            name: "",
            points: points.into_iter().map(Some).collect(),
        }],
    }
}

fn latency_over_time(outcome: &Outcome) -> Plot {
    let line = |name, of: fn(&Step) -> Option<f64>| Line {
        name,
        points: outcome
            .timeline
            .iter()
            .map(|step| of(step).map(|ms| (step.second, ms)))
            .collect(),
    };
    let most = highest(outcome.timeline.iter().filter_map(|step| step.p99_ms));
    Plot {
        title: "Delivery latency over time".into(),
        x: time(outcome),
        y: Axis {
            name: MS,
            scale: Scale::to(most),
        },
        lines: vec![line("p50", |s| s.p50_ms), line("p99", |s| s.p99_ms)],
    }
}

fn deliveries_over_time(outcome: &Outcome) -> Plot {
    let rates = outcome.timeline.iter().map(|s| s.deliveries_per_second);
    let points = outcome
        .timeline
        .iter()
        .map(|step| Some((step.second, step.deliveries_per_second)));
    Plot {
        title: "Deliveries per second over time".into(),
        x: time(outcome),
        y: Axis {
            name: "deliveries per second",
            scale: Scale::to(highest(rates)),
        },
        lines: vec![Line {
            name: "",
            points: points.collect(),
        }],
    }
}

fn time(outcome: &Outcome) -> Axis {
    Axis {
        name: SECONDS,
        scale: Scale::to(outcome.settings.duration_seconds),
    }
}

fn highest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, f64::max)
}
