//! The selectors that must be matched, and which of them cover a topic.

use hashbrown::HashTable;
use slab::Slab;
use umbel_selector::Selector;

use super::group::{Group, GroupId, Kind};

/// The groups whose selector must be matched against topics.
#[derive(Default)]
pub(super) struct Patterns {
    by_selector: HashTable<GroupId>,
}

impl Patterns {
    /// The group of `selector`, where there is one. `hash` is that of its text.
    pub(super) fn find(
        &self,
        groups: &Slab<Group>,
        selector: &Selector,
        hash: u64,
    ) -> Option<GroupId> {
        self.by_selector
            .find(hash, |&id| selector_of(groups, id) == Some(selector))
            .copied()
    }

    /// Takes up a group that was just made.
    pub(super) fn insert(&mut self, id: GroupId, hash: u64, rehash: impl Fn(&GroupId) -> u64) {
        self.by_selector.insert_unique(hash, id, rehash);
    }

    /// Drops the group `id`. `hash` is that of its selector's text.
    pub(super) fn remove(&mut self, id: GroupId, hash: u64) {
        if let Ok(entry) = self.by_selector.find_entry(hash, |&other| other == id) {
            entry.remove();
        }
    }

    /// Adds the groups whose pattern covers `topic` to `found`.
    pub(super) fn resolve(&self, groups: &Slab<Group>, topic: &str, found: &mut Vec<GroupId>) {
        found.extend(
            self.by_selector
                .iter()
                .filter(|id| covers(groups, **id, topic)),
        );
    }
}

fn selector_of(groups: &Slab<Group>, id: GroupId) -> Option<&Selector> {
    match &groups.get(id.key())?.kind {
        Kind::Pattern(compiled) => Some(&compiled.selector),
        Kind::Any | Kind::Topic(_) => None,
    }
}

fn covers(groups: &Slab<Group>, id: GroupId, topic: &str) -> bool {
    match groups.get(id.key()).map(|g| &g.kind) {
        Some(Kind::Pattern(compiled)) => compiled.pattern.matches(topic),
        _ => false,
    }
}
