//! The selectors that must be matched, and which of them cover a topic.

use hashbrown::HashTable;
use umbel_selector::{Pattern, Selector};

use super::group::{Compiled, Group, GroupId, Kind};
use super::groups::Groups;
use super::journal::Journal;
use super::memo::{Known, Memo};
use super::prefixes::Prefixes;

/// The groups whose selector must be matched against topics.
///
/// What a topic matched is remembered with the version of the set at that time. A pattern that came
/// since is matched against the topic when it is next seen; one that went since is recognised by its
/// group, which is gone or was born later.
pub(super) struct Patterns {
    by_selector: HashTable<GroupId>,
    by_prefix: Prefixes,
    /// Grows with every pattern that comes or goes.
    version: u64,
    journal: Journal,
    memo: Memo,
}

impl Patterns {
    pub(super) fn new() -> Self {
        Self {
            by_selector: HashTable::new(),
            by_prefix: Prefixes::new(),
            version: 0,
            journal: Journal::default(),
            memo: Memo::default(),
        }
    }

    /// The group of `selector`, where there is one. `hash` is that of its text.
    pub(super) fn find(&self, groups: &Groups, selector: &Selector, hash: u64) -> Option<GroupId> {
        let same = |id: &GroupId| compiled(groups, *id).is_some_and(|c| c.selector == *selector);
        self.by_selector.find(hash, same).copied()
    }

    /// Makes the group of `selector`, which there must not be. `hash` is that of its text.
    pub(super) fn insert(
        &mut self,
        groups: &mut Groups,
        selector: &Selector,
        pattern: Pattern,
        hash: u64,
    ) -> GroupId {
        let id = groups.next_id();
        let (node, position) = self.by_prefix.insert(pattern.literal_prefix(), id);
        self.version += 1;
        let born = self.version;
        let selector = selector.clone();
        let compiled = Compiled {
            selector,
            hash,
            pattern,
            born,
            node,
            position,
        };
        groups.insert(Group::new(Kind::Pattern(Box::new(compiled))));
        let rehash = |id: &GroupId| self::compiled(groups, *id).map_or(0, |c| c.hash);
        self.by_selector.insert_unique(hash, id, rehash);
        self.journal.note(born, id);
        id
    }

    /// Forgets the group `id`, which is no longer in `groups`.
    pub(super) fn remove(&mut self, groups: &mut Groups, id: GroupId, gone: &Compiled) {
        self.version += 1;
        if let Ok(entry) = self.by_selector.find_entry(gone.hash, |other| *other == id) {
            entry.remove();
        }
        if let Some(moved) = self.by_prefix.remove(gone.node, gone.position)
            && let Some(Kind::Pattern(moved)) = groups.get_mut(moved).map(|g| &mut g.kind)
        {
            moved.position = gone.position;
        }
        if self.by_selector.is_empty() {
            self.memo.clear();
        }
    }

    /// Adds the groups whose pattern covers `topic` to `found`, and remembers them. `hash` is that of
    /// the topic.
    pub(super) fn resolve(
        &mut self,
        groups: &Groups,
        topic: &str,
        hash: u64,
        found: &mut Vec<GroupId>,
    ) {
        if self.by_selector.is_empty() {
            return;
        }
        if let Some(fresh) = self.memo.fresh(topic, hash, self.version) {
            found.extend_from_slice(fresh);
            return;
        }
        let known = self.memo.take(topic, hash);
        let known = known.and_then(|stale| self.refreshed(groups, stale));
        let known = known.unwrap_or_else(|| self.learnt(groups, topic, hash));
        found.extend_from_slice(&known.groups);
        self.memo.put(known);
    }

    /// Adds the groups whose pattern covers `topic` to `found`, as far as they are `wanted`. Matches no
    /// others, and remembers nothing: history must not displace what is live.
    pub(super) fn resolve_wanted(
        &self,
        groups: &Groups,
        topic: &str,
        hash: u64,
        wanted: impl Fn(GroupId) -> bool,
        found: &mut Vec<GroupId>,
    ) {
        if self.by_selector.is_empty() {
            return;
        }
        if let Some(fresh) = self.memo.fresh(topic, hash, self.version) {
            found.extend(fresh.iter().filter(|id| wanted(**id)));
            return;
        }
        let candidates = self.by_prefix.along(topic).flatten().copied();
        found.extend(candidates.filter(|id| wanted(*id) && covers(groups, *id, topic)));
    }

    /// How many patterns begin as `topic` does.
    pub(super) fn candidates(&self, topic: &str) -> usize {
        self.by_prefix.along(topic).map(<[_]>::len).sum()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.by_selector.len()
    }

    /// Brings what is known of a topic up to date, where that is less work than to begin anew.
    fn refreshed(&self, groups: &Groups, mut known: Known) -> Option<Known> {
        let arrivals = self.journal.since(known.version)?;
        if arrivals.len() > self.candidates(&known.topic) {
            return None;
        }
        known
            .groups
            .retain(|id| compiled(groups, *id).is_some_and(|c| c.born <= known.version));
        let covers = |born: u64, id: GroupId| {
            compiled(groups, id).is_some_and(|c| c.born == born && c.pattern.matches(&known.topic))
        };
        let new = arrivals
            .filter(|(born, id)| covers(*born, *id))
            .map(|(_, id)| id);
        known.groups.extend(new);
        known.version = self.version;
        Some(known)
    }

    fn learnt(&self, groups: &Groups, topic: &str, hash: u64) -> Known {
        let candidates = self.by_prefix.along(topic).flatten().copied();
        let mut found: Vec<_> = candidates.filter(|id| covers(groups, *id, topic)).collect();
        found.shrink_to_fit();
        Known {
            topic: topic.into(),
            hash,
            version: self.version,
            groups: found,
        }
    }
}

fn compiled(groups: &Groups, id: GroupId) -> Option<&Compiled> {
    match &groups.get(id)?.kind {
        Kind::Pattern(compiled) => Some(compiled),
        Kind::Any | Kind::Topic { .. } => None,
    }
}

fn covers(groups: &Groups, id: GroupId, topic: &str) -> bool {
    compiled(groups, id).is_some_and(|c| c.pattern.matches(topic))
}
