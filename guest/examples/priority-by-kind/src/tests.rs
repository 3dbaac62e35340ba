//! What is shed, and what never is.

use umbel_guest::testing::{Instance, event, subscriber};
use umbel_guest::{Event, Verdict, WhenFull};

use crate::priority_by_kind::PriorityByKind;

/// A policy with one member.
fn policy(config: &str) -> Instance<PriorityByKind> {
    let mut policy = Instance::new(config);
    let mailbox = policy.join(subscriber(0).asking("*")).unwrap();
    assert_eq!(mailbox.when_full, WhenFull::Ask);
    policy
}

/// A batch of these kinds, from offset 1 on; an empty one is none.
fn batch(kinds: &[&str]) -> Vec<Event> {
    let of_kind = |kind: &str| match kind {
        "" => event("a"),
        kind => event("a").of_kind(kind),
    };
    (1..)
        .zip(kinds)
        .map(|(n, kind)| of_kind(kind).at(n))
        .collect()
}

#[test]
fn chatter_that_does_not_fit_is_dropped() {
    let mut policy = policy("");
    policy.route_batch(&batch(&["alarm", "chatter", "chatter"]));
    assert_eq!(policy.overflow(0, 2), Verdict::DropNewest);
}

#[test]
fn an_alarm_behind_chatter_that_does_not_fit_is_kept() {
    let mut policy = policy("");
    policy.route_batch(&batch(&["chatter", "chatter", "alarm"]));
    assert_eq!(policy.overflow(0, 1), Verdict::CatchUp);
    assert_eq!(policy.overflow(0, 3), Verdict::CatchUp);
}

#[test]
fn what_is_not_known_to_be_chatter_is_kept() {
    let mut policy = policy("");
    policy.route_batch(&batch(&["", "alarm", "Chatter"]));
    for offset in 1..=4 {
        assert_eq!(policy.overflow(0, offset), Verdict::CatchUp, "{offset}");
    }
}

#[test]
fn whoever_is_fed_gets_all_but_chatter() {
    let events = batch(&["chatter", "alarm", "", "chatter"]);
    assert_eq!(policy("").select(0, &events), [1, 2]);
    assert_eq!(policy("").route_batch(&events), vec![vec![0]; 4]);
}

#[test]
fn the_operator_says_what_chatter_is() {
    let mut policy = policy("chatter = [\"tick\", \"typing\"]");
    assert_eq!(
        policy.select(0, &batch(&["tick", "chatter", "typing"])),
        [1]
    );
    let refused = Instance::<PriorityByKind>::configured("chater = []").err();
    assert!(refused.as_ref().unwrap().contains("chater"), "{refused:?}");
}
