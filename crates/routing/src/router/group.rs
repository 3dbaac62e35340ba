//! The subscribers that share one selector.

use std::sync::Arc;

use umbel_selector::{Pattern, Selector};

use super::prefixes::NodeId;
use crate::Client;

/// Names a [`Group`] while it has members; used again after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct GroupId(u32);

/// The subscribers that share one selector, or several that mean the same. It exists as long as it has
/// members.
pub(super) struct Group {
    pub(super) kind: Kind,
    /// Contiguous, so that the audience of an event that meets one group is one copy.
    members: Vec<Client>,
}

/// What a group's members asked for.
pub(super) enum Kind {
    /// Every topic.
    Any,
    /// One topic.
    Topic {
        topic: Arc<str>,
        /// Whether the topic, read as a URI template, is known to cover itself alone: then a join needs
        /// no parsing.
        plain: bool,
    },
    /// What must be matched; boxed, so that the group of one topic stays small.
    Pattern(Box<Compiled>),
}

/// A selector that must be matched against topics, compiled once for all who share it.
pub(super) struct Compiled {
    pub(super) selector: Selector,
    /// The keyed hash of its text.
    pub(super) hash: u64,
    pub(super) pattern: Pattern,
    /// The version of the set of patterns that it came with; no other has the same.
    pub(super) born: u64,
    /// Where the tree of prefixes holds it.
    pub(super) node: NodeId,
    pub(super) position: u32,
}

/// Where one client stands: which group, and at which place in it. With the place at hand, leaving a
/// large group costs no search.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) group: GroupId,
    pub(super) position: u32,
}

impl GroupId {
    /// The id of the group stored under `key`.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "2^32 groups do not fit into memory"
    )]
    pub(super) const fn of(key: usize) -> Self {
        Self(key as u32)
    }

    pub(super) const fn key(self) -> usize {
        self.0 as usize
    }
}

impl Group {
    pub(super) const fn new(kind: Kind) -> Self {
        Self {
            kind,
            members: Vec::new(),
        }
    }

    /// The topic or the selector as written; what the group is looked up by.
    pub(super) fn text(&self) -> &str {
        match &self.kind {
            Kind::Any => "*",
            Kind::Topic { topic, .. } => topic,
            Kind::Pattern(compiled) => compiled.selector.pattern(),
        }
    }

    pub(super) fn members(&self) -> &[Client] {
        &self.members
    }

    /// Adds `client`, which must not be a member, and says at which position.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "there are fewer than 2^32 handles"
    )]
    pub(super) fn enter(&mut self, client: Client) -> u32 {
        if self.members.is_empty() {
            // Most groups of one stay so; a vector would begin with room for four.
            self.members.reserve_exact(1);
        }
        self.members.push(client);
        (self.members.len() - 1) as u32
    }

    /// Removes the member at `position`, and says who stands there now.
    pub(super) fn exit(&mut self, position: u32) -> Option<Client> {
        let position = position as usize;
        self.members.swap_remove(position);
        if self.members.len() < self.members.capacity() / 4 {
            self.members.shrink_to(self.members.len() * 2);
        }
        self.members.get(position).copied()
    }
}
