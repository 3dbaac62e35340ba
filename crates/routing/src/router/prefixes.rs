//! Which patterns could cover a topic, by how they begin.

use slab::Slab;

use super::group::GroupId;

const ROOT: NodeId = NodeId(0);

/// The groups of patterns by the literal text that they begin with: a radix tree over bytes. Finding
/// all that begin as a topic does costs one walk along the topic, however many others there are.
///
/// Every node but the root holds groups or has two children. A node keeps its id as long as it holds
/// groups. Nothing recurses: strangers choose how deep the tree is.
pub(super) struct Prefixes {
    nodes: Slab<Node>,
}

/// A node of the tree that holds groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(u32);

struct Node {
    parent: NodeId,
    /// What stands between the parent's prefix and this one's; empty for the root alone.
    label: Box<[u8]>,
    /// By the first byte of their labels, ascending.
    children: Vec<(u8, NodeId)>,
    groups: Vec<GroupId>,
}

impl Prefixes {
    pub(super) fn new() -> Self {
        let mut nodes = Slab::new();
        nodes.insert(Node::new(ROOT, &[]));
        Self { nodes }
    }

    /// Holds `group` under `prefix`, and says at which position of which node.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "2^32 groups do not fit into memory"
    )]
    pub(super) fn insert(&mut self, prefix: &str, group: GroupId) -> (NodeId, u32) {
        let id = self.node_for(prefix.as_bytes());
        let groups = &mut self.nodes[id.key()].groups;
        groups.push(group);
        (id, (groups.len() - 1) as u32)
    }

    /// Removes the group at `position` of `node`, and says which group stands there now.
    pub(super) fn remove(&mut self, node: NodeId, position: u32) -> Option<GroupId> {
        let groups = &mut self.nodes[node.key()].groups;
        groups.swap_remove(position as usize);
        let moved = groups.get(position as usize).copied();
        if groups.is_empty() {
            self.prune(node);
        }
        moved
    }

    /// The groups of every prefix that `topic` begins with, shortest first.
    pub(super) fn along(&self, topic: &str) -> impl Iterator<Item = &[GroupId]> {
        let mut next = Some((&self.nodes[ROOT.key()], topic.as_bytes()));
        std::iter::from_fn(move || {
            let (node, rest) = next?;
            next = self.step(node, rest);
            Some(&node.groups[..])
        })
    }

    fn step<'a, 't>(&'a self, node: &Node, rest: &'t [u8]) -> Option<(&'a Node, &'t [u8])> {
        let child = &self.nodes[node.child(*rest.first()?)?.key()];
        Some((child, rest.strip_prefix(&*child.label)?))
    }

    /// The node of exactly this prefix, made where there is none.
    fn node_for(&mut self, prefix: &[u8]) -> NodeId {
        let (mut at, mut rest) = (ROOT, prefix);
        while let Some(first) = rest.first() {
            let Some(child) = self.nodes[at.key()].child(*first) else {
                return self.link(at, rest);
            };
            let label = &self.nodes[child.key()].label;
            let common = label.iter().zip(rest).take_while(|(a, b)| a == b).count();
            at = if common < label.len() {
                self.split(child, common)
            } else {
                child
            };
            rest = &rest[common..];
        }
        at
    }

    /// Adds a node below `parent`, which has no child that begins as `label` does.
    fn link(&mut self, parent: NodeId, label: &[u8]) -> NodeId {
        let id = NodeId::of(self.nodes.insert(Node::new(parent, label)));
        self.nodes[parent.key()].adopt(label[0], id);
        id
    }

    /// Puts a node between `id` and its parent that takes `at` bytes of the label.
    fn split(&mut self, id: NodeId, at: usize) -> NodeId {
        let node = &mut self.nodes[id.key()];
        let (parent, label) = (node.parent, std::mem::take(&mut node.label));
        let (upper, lower) = label.split_at(at);
        node.label = lower.into();
        let between = self.link(parent, upper);
        self.nodes[between.key()].adopt(lower[0], id);
        self.nodes[id.key()].parent = between;
        between
    }

    /// Removes what a node without groups leaves superfluous.
    fn prune(&mut self, id: NodeId) {
        if id == ROOT {
            return;
        }
        let node = &self.nodes[id.key()];
        match (&node.groups[..], &node.children[..]) {
            ([], []) => {
                let node = self.nodes.remove(id.key());
                self.nodes[node.parent.key()].disown(node.label[0]);
                self.merge(node.parent);
            }
            _ => self.merge(id),
        }
    }

    /// Joins a node without groups with its child, where it has one alone.
    fn merge(&mut self, id: NodeId) {
        let node = &self.nodes[id.key()];
        let &[(_, child)] = &node.children[..] else {
            return;
        };
        if id == ROOT || !node.groups.is_empty() {
            return;
        }
        let Node { parent, label, .. } = self.nodes.remove(id.key());
        self.nodes[parent.key()].adopt(label[0], child);
        let child = &mut self.nodes[child.key()];
        child.parent = parent;
        child.label = [&*label, &*child.label].concat().into();
    }
}

impl NodeId {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "2^32 nodes do not fit into memory"
    )]
    const fn of(key: usize) -> Self {
        Self(key as u32)
    }

    const fn key(self) -> usize {
        self.0 as usize
    }
}

impl Node {
    fn new(parent: NodeId, label: &[u8]) -> Self {
        Self {
            parent,
            label: label.into(),
            children: Vec::new(),
            groups: Vec::new(),
        }
    }

    fn child(&self, first: u8) -> Option<NodeId> {
        let found = self
            .children
            .binary_search_by_key(&first, |(byte, _)| *byte)
            .ok()?;
        Some(self.children[found].1)
    }

    /// Makes `id` the child whose label begins with `first`.
    fn adopt(&mut self, first: u8, id: NodeId) {
        match self
            .children
            .binary_search_by_key(&first, |(byte, _)| *byte)
        {
            Ok(found) => self.children[found].1 = id,
            Err(place) => self.children.insert(place, (first, id)),
        }
    }

    fn disown(&mut self, first: u8) {
        self.children.retain(|(byte, _)| *byte != first);
    }
}

#[cfg(test)]
mod tests;
