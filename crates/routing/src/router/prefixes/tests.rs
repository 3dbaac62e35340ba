//! Tests of the tree of prefixes.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

/// The tree beside a list of what it must hold.
struct Checked {
    tree: Prefixes,
    held: BTreeMap<usize, (String, NodeId, u32)>,
}

impl Checked {
    fn new() -> Self {
        Self {
            tree: Prefixes::new(),
            held: BTreeMap::new(),
        }
    }

    fn insert(&mut self, key: usize, prefix: &str) {
        let (node, position) = self.tree.insert(prefix, GroupId::of(key));
        self.held.insert(key, (prefix.to_owned(), node, position));
    }

    fn remove(&mut self, key: usize) {
        let (_, node, position) = self.held.remove(&key).expect("it is held");
        if let Some(moved) = self.tree.remove(node, position) {
            self.held
                .get_mut(&moved.key())
                .expect("a held group moves")
                .2 = position;
        }
    }

    fn along(&self, topic: &str) -> Vec<usize> {
        let mut found: Vec<_> = self
            .tree
            .along(topic)
            .flatten()
            .map(|id| id.key())
            .collect();
        found.sort_unstable();
        found
    }

    fn expected(&self, topic: &str) -> Vec<usize> {
        self.held
            .iter()
            .filter(|(_, (p, ..))| topic.starts_with(p))
            .map(|(k, _)| *k)
            .collect()
    }
}

#[test]
fn a_topic_meets_every_prefix_that_it_begins_with_and_no_other() {
    let mut tree = Checked::new();
    let prefixes = [
        "",
        "a",
        "ab",
        "abc",
        "abd",
        "b",
        "https://é",
        "https://è",
        "ab",
    ];
    for (key, prefix) in prefixes.iter().enumerate() {
        tree.insert(key, prefix);
    }
    for topic in ["", "a", "abc", "abdx", "b", "https://è/1", "https://", "zz"] {
        assert_eq!(tree.along(topic), tree.expected(topic), "{topic}");
    }
}

#[test]
fn an_emptied_tree_holds_its_root_alone() {
    let mut tree = Checked::new();
    for (key, prefix) in ["abcd", "abef", "ab", "", "abcdef"].iter().enumerate() {
        tree.insert(key, prefix);
    }
    for key in [2, 0, 4, 1, 3] {
        tree.remove(key);
    }
    assert_eq!(tree.tree.nodes.len(), 1);
    assert!(tree.tree.nodes[0].children.is_empty());
}

#[test]
fn a_chain_as_long_as_a_selector_neither_recurses_nor_is_lost() {
    let mut tree = Checked::new();
    let longest = "a".repeat(4096);
    for length in 0..=4096 {
        tree.insert(length, &longest[..length]);
    }
    assert_eq!(tree.along(&longest).len(), 4097);
    (0..=4096).for_each(|length| tree.remove(length));
    assert_eq!(tree.tree.nodes.len(), 1);
}

proptest! {
    #[test]
    fn random_insertions_and_removals_leave_what_a_list_would_hold(
        steps in prop::collection::vec((any::<bool>(), "[ab]{0,6}"), 1..200),
    ) {
        let mut tree = Checked::new();
        for (key, (add, text)) in steps.iter().enumerate() {
            match tree.held.keys().next().copied() {
                Some(oldest) if !add => tree.remove(oldest),
                _ => tree.insert(key, text),
            }
            prop_assert_eq!(tree.along(text), tree.expected(text));
            prop_assert!(tree.tree.nodes.len() <= 2 * tree.held.len() + 1);
        }
    }
}
