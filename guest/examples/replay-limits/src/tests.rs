//! How far back somebody may go.

use umbel_guest::Subscriber;
use umbel_guest::testing::{Instance, event, subscriber};

use crate::replay_limits::ReplayLimits;

const PLANS: &str = "[plans]\nfree = 60\ngold = 3600\n";
/// When everybody connects.
const JOINED_MS: u64 = 10_000_000;

fn with_claims(claims: &str) -> Subscriber {
    Subscriber {
        joined_ms: JOINED_MS,
        ..subscriber(3).asking("a").with_claims(claims)
    }
}

/// Seconds before (or, below 0, after) the connection of what somebody with these claims is fed.
fn fed(claims: &str, ages_s: &[i64]) -> Vec<i64> {
    let mut policy = Instance::<ReplayLimits>::new(PLANS);
    policy.join(with_claims(claims)).unwrap();
    let accepted = |age_s: &i64| JOINED_MS.saturating_add_signed(-age_s * 1_000);
    let events: Vec<_> = ages_s
        .iter()
        .map(|age_s| event("a").accepted_at(accepted(age_s)))
        .collect();
    let selected = policy.select(3, &events);
    selected
        .iter()
        .map(|index| ages_s[*index as usize])
        .collect()
}

#[test]
fn a_plan_says_how_far_back_somebody_may_go() {
    let ages_s = [9_000, 3_601, 3_600, 61, 60, 1];
    assert_eq!(fed(r#"{"plan":"gold"}"#, &ages_s), [3_600, 61, 60, 1]);
    assert_eq!(fed(r#"{"plan":"free"}"#, &ages_s), [60, 1]);
}

#[test]
fn without_a_plan_that_is_known_nobody_goes_back() {
    for claims in [
        "",
        "{}",
        r#"{"plan":"platinum"}"#,
        r#"{"plan":["gold"]}"#,
        "no JSON",
    ] {
        assert_eq!(fed(claims, &[60, 1]), [0; 0], "{claims}");
    }
}

#[test]
fn what_happened_since_the_connection_is_fed_to_everybody() {
    assert_eq!(fed("", &[1, 0, -1, -9_000]), [0, -1, -9_000]);
}

#[test]
fn live_events_are_for_everybody() {
    let mut policy = Instance::<ReplayLimits>::new("");
    policy.join(with_claims("")).unwrap();
    assert_eq!(policy.route(&event("a").accepted_at(1)), [3]);
}

#[test]
fn a_handle_that_is_used_again_has_no_plan_of_its_former_holder() {
    let mut policy = Instance::<ReplayLimits>::new(PLANS);
    policy.join(with_claims(r#"{"plan":"gold"}"#)).unwrap();
    policy.leave(3);
    policy.join(with_claims("")).unwrap();
    let old = event("a").accepted_at(JOINED_MS - 1);
    assert_eq!(policy.select(3, &[old]), [0u32; 0]);
}

#[test]
fn a_configuration_that_cannot_be_meant_is_refused() {
    for wrong in [
        "plan = {}",
        "[plans]\nfree = -1",
        "[plans]\nfree = \"1 min\"",
    ] {
        assert!(
            Instance::<ReplayLimits>::configured(wrong).is_err(),
            "{wrong}"
        );
    }
}
