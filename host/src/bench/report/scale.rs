//! Where values lie on an axis.

/// Ticks of an axis, about.
const TICKS: f64 = 5.0;

/// An axis from its beginning to its end, with the ticks between.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    begin: f64,
    end: f64,
    /// Each with its label.
    pub(super) ticks: Vec<(f64, String)>,
}

impl Scale {
    /// From 0 to a round number that is no less than `most`; ticks at round numbers.
    pub(super) fn to(most: f64) -> Self {
        let most = if most.is_finite() && most > 0.0 {
            most
        } else {
            1.0
        };
        let rough = most / TICKS;
        let power = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|n| n * power);
        let step = steps.into_iter().find(|step| *step >= rough);
        let step = step.unwrap_or(10.0 * power);
        let decimals = if step >= 1.0 { 0 } else { decimals(step) };
        let count = (most / step).ceil();
        let ticks = (0..)
            .map(f64::from)
            .take_while(|n| *n <= count)
            .map(|n| (n * step, format!("{:.decimals$}", n * step)))
            .collect();
        Self {
            begin: 0.0,
            end: count * step,
            ticks,
        }
    }

    /// Of percentiles, as many nines as `nines` has: each as wide as the one before.
    pub(super) fn nines(nines: f64) -> Self {
        let end = nines.max(1.0).ceil();
        let label = |n: f64| match n {
            n if n < 1.0 => "0%".to_owned(),
            n if n < 2.0 => "90%".to_owned(),
            n if n < 3.0 => "99%".to_owned(),
            n => format!("99.{:9<1$}%", "", to_width(n - 2.0)),
        };
        let ticks = (0..)
            .map(f64::from)
            .take_while(|n| *n <= end)
            .map(|n| (n, label(n)));
        Self {
            begin: 0.0,
            end,
            ticks: ticks.collect(),
        }
    }

    /// Where a value lies: 0 at the beginning, 1 at the end, never beyond.
    pub(super) fn place(&self, value: f64) -> f64 {
        ((value - self.begin) / (self.end - self.begin)).clamp(0.0, 1.0)
    }
}

/// Digits behind the point of a step below 1.
fn decimals(step: f64) -> usize {
    to_width(-step.log10().floor())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small whole number that is not negative"
)]
fn to_width(number: f64) -> usize {
    number.clamp(0.0, 12.0) as usize
}

#[cfg(test)]
mod tests {
    use super::Scale;

    fn labels(scale: &Scale) -> Vec<&str> {
        scale.ticks.iter().map(|(_, label)| &**label).collect()
    }

    #[test]
    fn ticks_stand_at_round_numbers() {
        for (most, expected) in [
            (1.0, &["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"][..]),
            (7.3, &["0", "2", "4", "6", "8"]),
            (0.037, &["0.00", "0.01", "0.02", "0.03", "0.04"]),
            (
                48_000.0,
                &["0", "10000", "20000", "30000", "40000", "50000"],
            ),
        ] {
            let scale = Scale::to(most);
            assert_eq!(labels(&scale), expected, "{most}");
            assert!(scale.place(most) > 0.7 && scale.place(0.0) == 0.0);
        }
    }

    #[test]
    fn there_is_an_axis_where_there_are_no_values() {
        for most in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(Scale::to(most), Scale::to(1.0));
        }
        assert_eq!(Scale::to(1.0).place(7.0), 1.0);
    }

    #[test]
    fn each_nine_has_its_place() {
        let scale = Scale::nines(3.4);
        assert_eq!(labels(&scale), ["0%", "90%", "99%", "99.9%", "99.99%"]);
        assert_eq!(scale.place(2.0), 0.5);
        assert_eq!(labels(&Scale::nines(0.0)), ["0%", "90%"]);
    }
}
