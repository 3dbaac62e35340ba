//! Who is to get which topic.

use std::sync::Arc;

use umbel_selector::{Matcher, Pattern, Selector};

use super::group::{Group, GroupId, Kind, Place};
use super::groups::Groups;
use super::keys::Keys;
use super::patterns::Patterns;
use super::seats::Seats;
use super::seen::Seen;
use super::topics::Topics;
use crate::Client;

/// Who is to get which topic: subscribers in groups by what they asked for, and the groups by topic.
///
/// A client is in a group at most once; a group has members or does not exist; every member's seat
/// names its position.
pub(super) struct Index {
    keys: Keys,
    groups: Groups,
    any: Option<GroupId>,
    by_topic: Topics,
    patterns: Patterns,
    seats: Seats,
    seen: Seen,
    /// Kept between calls for its allocation; its content means nothing there.
    found: Vec<GroupId>,
}

impl Index {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            keys: Keys::new(seed),
            groups: Groups::default(),
            any: None,
            by_topic: Topics::new(),
            patterns: Patterns::new(),
            seats: Seats::default(),
            seen: Seen::default(),
            found: Vec::new(),
        }
    }

    /// Lists `client` under `selectors` and under nothing else. The handle must have been checked
    /// against [`crate::Router::CLIENTS_MAX`].
    pub(super) fn join(&mut self, client: Client, selectors: &[Selector]) {
        self.leave(client);
        let mut ids: Vec<_> = selectors.iter().filter_map(|s| self.group_for(s)).collect();
        ids.sort_unstable();
        ids.dedup();
        let enter = |group: GroupId| Place {
            group,
            position: self.groups[group].enter(client),
        };
        self.seats.put(client, ids.into_iter().map(enter).collect());
    }

    /// Forgets `client`, known or not.
    pub(super) fn leave(&mut self, client: Client) {
        for Place { group, position } in self.seats.take(client) {
            let members = &mut self.groups[group];
            if let Some(moved) = members.exit(position) {
                self.seats.relocate(moved, group, position);
            } else if members.members().is_empty() {
                self.retire(group);
            }
        }
    }

    /// The groups of `client`; none where it is not known.
    pub(super) fn groups_of(&self, client: Client) -> impl Iterator<Item = GroupId> {
        self.seats.places(client).iter().map(|p| p.group)
    }

    /// Everyone who is to get an event with these topics, once each.
    pub(super) fn audience(&mut self, topics: &[&str]) -> Vec<Client> {
        let mut found = std::mem::take(&mut self.found);
        self.resolve(topics, &mut found);
        let audience = self.union(&found);
        self.found = found;
        audience
    }

    /// Puts the groups that cover one of `topics` into `found`, once each.
    fn resolve(&mut self, topics: &[&str], found: &mut Vec<GroupId>) {
        found.clear();
        found.extend(self.any);
        for topic in topics {
            let hash = self.keys.hash(topic);
            found.extend(self.topic(topic, hash));
            self.patterns.resolve(&self.groups, topic, hash, found);
        }
        if topics.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
    }

    /// Puts those of the `wanted` groups that cover one of `topics` into `found`, some of them perhaps
    /// several times.
    pub(super) fn resolve_wanted(
        &self,
        topics: &[&str],
        wanted: impl Fn(GroupId) -> bool + Copy,
        found: &mut Vec<GroupId>,
    ) {
        found.clear();
        found.extend(self.any.filter(|id| wanted(*id)));
        for topic in topics {
            let hash = self.keys.hash(topic);
            found.extend(self.topic(topic, hash).filter(|id| wanted(*id)));
            self.patterns
                .resolve_wanted(&self.groups, topic, hash, wanted, found);
        }
    }

    /// The members of these groups, once each.
    fn union(&mut self, groups: &[GroupId]) -> Vec<Client> {
        let members = |id: &GroupId| self.groups[*id].members();
        let mut audience = match groups {
            [] => return Vec::new(),
            [only] => return members(only).to_vec(),
            [first, ..] => members(first).to_vec(),
        };
        for &client in &audience {
            self.seen.insert(client);
        }
        for group in &groups[1..] {
            audience.extend(members(group).iter().filter(|c| self.seen.insert(**c)));
        }
        self.seen.clear(&audience);
        audience
    }

    /// The group of those who ask for `selector`, made where there is none; `None` for a selector
    /// that covers nothing. The caller enters it: an empty group is never left behind.
    fn group_for(&mut self, selector: &Selector) -> Option<GroupId> {
        let hash = self.keys.hash(selector.pattern());
        if let Some(known) = self.known(selector, hash) {
            return Some(known);
        }
        let pattern = Pattern::compile(selector);
        match pattern {
            Pattern::Any => Some(self.any_group()),
            Pattern::Exact(topic) => {
                Some(self.topic_group(topic, *selector.matcher() == Matcher::UriTemplate))
            }
            Pattern::Template(_) => {
                let groups = &mut self.groups;
                Some(self.patterns.insert(groups, selector, pattern, hash))
            }
            Pattern::Never => None,
        }
    }

    /// The group of those who ask for `selector`, where it is known without compiling. `hash` is that
    /// of its text.
    fn known(&self, selector: &Selector, hash: u64) -> Option<GroupId> {
        let plain = |id: &GroupId| match self.groups[*id].kind {
            Kind::Topic { plain, .. } => match selector.matcher() {
                Matcher::Exact => true,
                Matcher::UriTemplate => plain,
                Matcher::UrlPattern | Matcher::Custom(_) => false,
            },
            Kind::Any | Kind::Pattern(_) => false,
        };
        let topic = self.topic(selector.pattern(), hash).filter(plain);
        topic.or_else(|| self.patterns.find(&self.groups, selector, hash))
    }

    fn any_group(&mut self) -> GroupId {
        *self
            .any
            .get_or_insert_with(|| self.groups.insert(Group::new(Kind::Any)))
    }

    fn topic_group(&mut self, topic: Arc<str>, as_template: bool) -> GroupId {
        let hash = self.keys.hash(&topic);
        if let Some(known) = self.topic(&topic, hash) {
            if let Kind::Topic { plain, .. } = &mut self.groups[known].kind {
                *plain |= as_template;
            }
            return known;
        }
        let kind = Kind::Topic {
            topic,
            plain: as_template,
        };
        let id = self.groups.insert(Group::new(kind));
        self.by_topic.insert(hash, id);
        id
    }

    fn topic(&self, topic: &str, hash: u64) -> Option<GroupId> {
        self.by_topic
            .find(hash, |id| self.groups[id].text() == topic)
    }

    /// Removes a group that has no members left.
    fn retire(&mut self, id: GroupId) {
        match self.groups.remove(id).kind {
            Kind::Any => self.any = None,
            Kind::Topic { topic, .. } => {
                let hash = self.keys.hash(&topic);
                self.by_topic.remove(hash, id);
            }
            Kind::Pattern(gone) => self.patterns.remove(&mut self.groups, id, &gone),
        }
    }

    /// Groups, and among them those with a pattern.
    #[cfg(test)]
    pub(super) fn sizes(&self) -> [usize; 2] {
        [self.groups.len(), self.patterns.len()]
    }

    /// Patterns that a new topic is matched against.
    #[cfg(test)]
    pub(super) fn candidates(&self, topic: &str) -> usize {
        self.patterns.candidates(topic)
    }
}
