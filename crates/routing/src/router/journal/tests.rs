//! Tests of the journal.

use super::*;

fn since(journal: &Journal, version: u64) -> Option<Vec<u64>> {
    journal
        .since(version)
        .map(|arrivals| arrivals.map(|(v, _)| v).collect())
}

#[test]
fn what_came_after_a_version_is_told_in_order() {
    let mut journal = Journal::default();
    assert_eq!(since(&journal, 0), Some(vec![]));
    for version in [2, 3, 7] {
        journal.note(version, GroupId::of(0));
    }
    assert_eq!(since(&journal, 0), Some(vec![2, 3, 7]));
    assert_eq!(since(&journal, 2), Some(vec![3, 7]));
    assert_eq!(since(&journal, 5), Some(vec![7]));
    assert_eq!(since(&journal, 9), Some(vec![]));
}

#[test]
fn a_version_before_what_was_forgotten_gets_no_answer() {
    let mut journal = Journal::default();
    let last = JOURNAL_MAX as u64 + 2;
    for version in 1..=last {
        journal.note(version, GroupId::of(0));
    }
    assert_eq!(since(&journal, 1), None);
    assert_eq!(since(&journal, 2).map(|all| all.len()), Some(JOURNAL_MAX));
    assert_eq!(since(&journal, last), Some(vec![]));
}
