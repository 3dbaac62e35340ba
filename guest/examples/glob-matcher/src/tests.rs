//! What the language means, and who is heard in it.

use umbel_guest::testing::{Instance, event, subscriber};

use crate::glob::Glob;
use crate::glob_matcher::GlobMatcher;

#[test]
fn a_star_stands_for_any_text_and_everything_else_for_itself() {
    let matching = [
        ("a", "a"),
        ("*", ""),
        ("*", "a/b"),
        ("a*", "a"),
        ("a*", "a/b"),
        ("*b", "a/b"),
        ("a*c", "abc"),
        ("a*b*c", "a-b-b-c"),
        ("**a**", "bab"),
        ("*é*", "café au lait"),
        ("*ab", "aab"),
        ("a[0]?", "a[0]?"),
    ];
    for (pattern, topic) in matching {
        assert!(Glob::new(pattern).matches(topic), "{pattern} {topic}");
    }
    let differing = [
        ("a", "ab"),
        ("a", "A"),
        ("a*", "ba"),
        ("*b", "ab/"),
        ("aa*aa", "aaa"),
        ("a*b*c", "a-c-b"),
        ("*a*a*", "bab"),
        ("a?", "ab"),
    ];
    for (pattern, topic) in differing {
        assert!(!Glob::new(pattern).matches(topic), "{pattern} {topic}");
    }
}

#[test]
fn a_hostile_pattern_is_matched_as_fast_as_any() {
    let pattern = "a*".repeat(2_000) + "b";
    assert!(!Glob::new(&pattern).matches(&"a".repeat(4_096)));
}

#[test]
fn globs_are_matched_beside_the_languages_of_the_hub_and_those_of_nobody_not_at_all() {
    let mut policy = Instance::<GlobMatcher>::new("");
    for asks in [
        subscriber(0).asking_in("glob", "s/*/t"),
        subscriber(1).asking("s/{id}/t"),
        subscriber(2).asking_in("exact", "s/*/t"),
        subscriber(3).asking_in("nobody", "s/*/t"),
        subscriber(4).asking("x").asking_in("glob", "*"),
    ] {
        policy.join(asks).unwrap();
    }
    assert_eq!(policy.route(&event("s/1/t")), [0, 1, 4]);
    assert_eq!(policy.route(&event("s/1/2/t")), [0, 4]);
    assert_eq!(policy.route(&event("s/*/t")), [0, 2, 4]);
    assert_eq!(policy.route(&event("y").also_about("s/9/t")), [0, 1, 4]);
    assert_eq!(policy.select(0, &[event("x"), event("s/1/t")]), [1]);
    assert_eq!(policy.select(3, &[event("x"), event("s/1/t")]), [0u32; 0]);
}

#[test]
fn who_has_left_is_not_heard_any_more() {
    let mut policy = Instance::<GlobMatcher>::new("");
    for client in 0..3 {
        let asks = subscriber(client).asking_in("glob", "a*");
        policy.join(asks.asking_in("glob", "*a")).unwrap();
    }
    policy.leave(1);
    assert_eq!(policy.route(&event("a")), [0, 2]);
    policy.leave(0);
    policy.leave(2);
    assert_eq!(policy.route(&event("a")), [0u32; 0]);
    policy.join(subscriber(1).asking_in("glob", "b*")).unwrap();
    assert_eq!(policy.route(&event("a")), [0u32; 0]);
}
