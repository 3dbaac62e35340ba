//! Where two answers to one question differ.

use super::Answer;

/// Where two answers to one question differ: in one decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// In the audience of an event.
    Audience {
        /// Which event of the batch.
        event: usize,
        /// Who was to be in it and is not.
        missing: Vec<u32>,
        /// Who is in it and was not to be.
        extra: Vec<u32>,
    },
    /// In what a client may have.
    Selection {
        /// Which of the clients that were asked about.
        at: usize,
        /// Indexes of events that were to be in it and are not.
        missing: Vec<u32>,
        /// Indexes of events that are in it and were not to be.
        extra: Vec<u32>,
    },
    /// In something else.
    Other {
        /// Which of the answers of the call.
        at: usize,
        /// What was to be answered, as JSON.
        expected: String,
        /// What was.
        found: String,
    },
}

impl Answer {
    /// How many decisions it is.
    #[must_use]
    pub const fn decisions(&self) -> usize {
        match self {
            Self::Configured(_) => 1,
            Self::Admissions(all) => all.len(),
            Self::Audiences(all) | Self::Selections(all) => all.len(),
            Self::Verdicts(all) => all.len(),
            Self::Left | Self::Failed(_) => 0,
        }
    }

    /// Each decision in which `found` differs from this one, in order.
    #[must_use]
    pub fn differences(&self, found: &Self) -> Vec<Difference> {
        match (self, found) {
            (Self::Audiences(expected), Self::Audiences(found)) if same(expected, found) => {
                let sets = by_set(expected, found);
                sets.map(|(event, missing, extra)| Difference::Audience {
                    event,
                    missing,
                    extra,
                })
                .collect()
            }
            (Self::Selections(expected), Self::Selections(found)) if same(expected, found) => {
                let sets = by_set(expected, found);
                sets.map(|(at, missing, extra)| Difference::Selection { at, missing, extra })
                    .collect()
            }
            (Self::Admissions(expected), Self::Admissions(found)) if same(expected, found) => {
                one_by_one(expected, found)
            }
            (Self::Verdicts(expected), Self::Verdicts(found)) if same(expected, found) => {
                one_by_one(expected, found)
            }
            _ => one_by_one(std::slice::from_ref(self), std::slice::from_ref(found)),
        }
    }
}

/// What of `expected` is not in `found`.
pub(super) fn without(expected: &[u32], found: &[u32]) -> Vec<u32> {
    let mut found = found.to_vec();
    found.sort_unstable();
    let lacks = |client: &&u32| found.binary_search(client).is_err();
    expected.iter().filter(lacks).copied().collect()
}

fn same<T>(expected: &[T], found: &[T]) -> bool {
    expected.len() == found.len()
}

fn by_set<'a>(
    expected: &'a [Vec<u32>],
    found: &'a [Vec<u32>],
) -> impl Iterator<Item = (usize, Vec<u32>, Vec<u32>)> + 'a {
    let pairs = expected.iter().zip(found).enumerate();
    pairs
        .filter(|(_, (expected, found))| expected != found)
        .map(|(at, (expected, found))| (at, without(expected, found), without(found, expected)))
}

fn one_by_one<T: PartialEq + serde::Serialize>(expected: &[T], found: &[T]) -> Vec<Difference> {
    let text = |answer: &T| serde_json::to_string(answer).unwrap_or_default();
    let pairs = expected.iter().zip(found).enumerate();
    pairs
        .filter(|(_, (expected, found))| expected != found)
        .map(|(at, (expected, found))| Difference::Other {
            at,
            expected: text(expected),
            found: text(found),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Difference;
    use crate::conformance::Answer;

    #[test]
    fn audiences_differ_in_clients() {
        let expected = Answer::Audiences(vec![vec![1, 2], vec![3], vec![]]);
        let found = Answer::Audiences(vec![vec![2, 7, 9], vec![3], vec![4]]);
        let audience = |event, missing: &[u32], extra: &[u32]| Difference::Audience {
            event,
            missing: missing.to_vec(),
            extra: extra.to_vec(),
        };
        assert_eq!(
            expected.differences(&found),
            [audience(0, &[1], &[7, 9]), audience(2, &[], &[4])]
        );
        assert_eq!(expected.differences(&expected), []);
        assert_eq!(expected.decisions(), 3);
    }

    #[test]
    fn a_selection_in_another_order_differs_though_nothing_is_missing() {
        let expected = Answer::Selections(vec![vec![0, 1]]);
        let found = Answer::Selections(vec![vec![1, 0]]);
        let difference = Difference::Selection {
            at: 0,
            missing: vec![],
            extra: vec![],
        };
        assert_eq!(expected.differences(&found), [difference]);
    }

    #[test]
    fn everything_else_is_compared_as_it_is() {
        let verdicts = |name: &str| Answer::Verdicts(vec!["conflate".into(), name.into()]);
        let difference = Difference::Other {
            at: 1,
            expected: "\"catch-up\"".into(),
            found: "\"disconnect\"".into(),
        };
        assert_eq!(
            verdicts("catch-up").differences(&verdicts("disconnect")),
            [difference]
        );
        let found = Answer::Configured(true).differences(&Answer::Configured(false));
        assert_eq!(found.len(), 1);
        let fewer = Answer::Audiences(vec![vec![]]).differences(&Answer::Audiences(vec![]));
        assert_eq!(fewer.len(), 1);
    }
}
