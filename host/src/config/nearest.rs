//! The known name that an unknown one was probably meant to be.

/// The one of `known` that `name` is closest to, by the number of letters to add, drop, replace or
/// swap with a neighbour; the first of several. None where more than half of the letters would change.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, candidate)| *distance * 2 <= candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance. Quadratic; both names are short.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_hand_is_recognised() {
        let known = ["heartbeat", "age", "retry", "write-timeout"];
        for (name, meant) in [
            ("heartbeet", Some("heartbeat")),
            ("haertbeat", Some("heartbeat")),
            ("write_timeout", Some("write-timeout")),
            ("retries", None),
            ("ages", Some("age")),
            ("compression", None),
        ] {
            assert_eq!(nearest(name, known), meant, "{name}");
        }
    }
}
