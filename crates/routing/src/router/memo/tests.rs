//! Tests of the memo.

use super::super::keys::Keys;
use super::*;

fn known(topic: &str, groups: usize) -> Known {
    Known {
        topic: topic.into(),
        hash: hash(topic),
        version: 1,
        groups: (0..groups).map(GroupId::of).collect(),
    }
}

fn hash(topic: &str) -> u64 {
    Keys::new(0).hash(topic)
}

fn held(memo: &Memo) -> (usize, usize) {
    let all = || memo.young.topics.iter().chain(&memo.old.topics);
    (all().count(), all().map(Known::bytes).sum())
}

#[test]
fn a_topic_is_fresh_at_the_version_that_it_was_put_with_alone() {
    let mut memo = Memo::default();
    memo.put(known("a", 2));
    assert_eq!(memo.fresh("a", hash("a"), 1).map(<[_]>::len), Some(2));
    assert!(memo.fresh("a", hash("a"), 2).is_none());
    assert!(memo.fresh("b", hash("b"), 1).is_none());
}

#[test]
fn many_topics_are_never_more_than_the_bound() {
    let mut memo = Memo::default();
    for i in 0..3 * MEMO_TOPICS_MAX {
        memo.put(known(&format!("{i}"), 1));
        assert!(memo.young.topics.len() + memo.old.topics.len() <= MEMO_TOPICS_MAX);
    }
    assert!(held(&memo).0 >= MEMO_TOPICS_MAX / 2);
}

#[test]
fn large_topics_are_never_more_bytes_than_the_bound() {
    let mut memo = Memo::default();
    for i in 0..200 {
        memo.put(known(&format!("{i}{}", "x".repeat(4000)), 5000 * (i % 3)));
        assert!(held(&memo).1 <= MEMO_BYTES_MAX);
        assert_eq!(held(&memo).1, memo.young.bytes + memo.old.bytes);
    }
}

#[test]
fn what_is_too_large_alone_is_not_remembered_and_displaces_nothing() {
    let mut memo = Memo::default();
    memo.put(known("a", 1));
    memo.put(known("b", MEMO_BYTES_MAX));
    assert!(memo.take("b", hash("b")).is_none());
    assert!(memo.take("a", hash("a")).is_some());
}

#[test]
fn a_topic_that_is_seen_again_outlives_those_that_are_not() {
    let mut memo = Memo::default();
    memo.put(known("kept", 1));
    for i in 0..2 * MEMO_TOPICS_MAX {
        memo.put(known(&format!("{i}"), 1));
        let kept = memo
            .take("kept", hash("kept"))
            .expect("it is seen all the time");
        memo.put(kept);
    }
    assert!(memo.take("0", hash("0")).is_none());
}
