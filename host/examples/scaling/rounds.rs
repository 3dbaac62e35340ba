//! Measurements that take turns.

/// Rounds of each measurement.
const ROUNDS: usize = 11;

/// Measures each in turn, again and again; answers one list a measurement.
pub(crate) fn in_turns<const N: usize>(mut measure: [&mut dyn FnMut() -> f64; N]) -> [Vec<f64>; N] {
    let mut all = [(); N].map(|()| Vec::new());
    // What the first round meets is cold for the first alone.
    for round in 0..=ROUNDS {
        for (one, list) in measure.iter_mut().zip(&mut all) {
            let cost = one();
            if round > 0 {
                list.push(cost);
            }
        }
    }
    all
}

/// The median of the ratios of one list to another, round by round.
pub(crate) fn ratio(of: &[f64], to: &[f64]) -> f64 {
    median(of.iter().zip(to).map(|(a, b)| a / b))
}

/// The middle one.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
