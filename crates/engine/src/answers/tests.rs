//! Answers of a component, read as if it were hostile.

use super::{RefusalAnswer, audiences, profile, refusal, selections};
use crate::bindings::ProfileAnswer;

fn asking(wants: &[&str], matchers: &[&str]) -> ProfileAnswer {
    let strings = |s: &[&str]| s.iter().map(ToString::to_string).collect();
    ProfileAnswer {
        name: "n".into(),
        version: "1".into(),
        wants: strings(wants),
        matchers: strings(matchers),
    }
}

#[test]
fn one_answer_is_expected_for_each_question() {
    assert!(audiences(vec![vec![1], vec![]], 2).is_ok());
    assert!(audiences(vec![vec![1]], 2).is_err());
    assert!(audiences(vec![vec![1], vec![], vec![]], 2).is_err());
}

#[test]
fn selections_ascend_and_stay_within_the_page() {
    for (answer, good) in [
        (vec![], true),
        (vec![0, 2], true),
        (vec![2], true),
        (vec![0, 0], false),
        (vec![2, 1], false),
        (vec![0, 3], false),
        (vec![u32::MAX], false),
    ] {
        assert_eq!(
            selections(vec![answer.clone()], 1, 3).is_ok(),
            good,
            "{answer:?}"
        );
    }
}

#[test]
fn a_want_that_the_host_does_not_know_is_told() {
    assert!(profile(asking(&["id", "payload", "claims", "attributes"], &[])).is_ok());
    assert!(
        profile(asking(&["paylod"], &[]))
            .unwrap_err()
            .contains("\"paylod\"")
    );
}

#[test]
fn a_matching_language_has_a_name_that_fits_a_query_and_is_not_taken() {
    assert!(profile(asking(&[], &["my-glob-2"])).is_ok());
    for bad in ["", "exact", "A", "a=b", "a b", &"x".repeat(65)] {
        assert!(profile(asking(&[], &[bad])).is_err(), "{bad:?}");
    }
    assert!(profile(asking(&[], &["a"; 17])).is_err());
}

#[test]
fn a_long_name_is_refused() {
    let long = ProfileAnswer {
        name: "x".repeat(65),
        ..asking(&[], &[])
    };
    assert!(profile(long).is_err());
}

#[test]
fn a_reason_is_cut_at_a_character_and_kept_on_one_line() {
    let reason = format!("a\r\nb{}", "é".repeat(1000));
    let refusal = refusal(RefusalAnswer {
        reason,
        retry_ms: Some(1),
    });
    assert!(refusal.reason.starts_with("a  bé"));
    assert!(refusal.reason.len() <= 256);
}
