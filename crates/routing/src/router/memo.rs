//! Which patterns cover the topics that were seen lately.

use hashbrown::HashTable;

use super::group::GroupId;

/// Topics that are remembered at most.
pub(super) const MEMO_TOPICS_MAX: usize = 4096;
/// Bytes that they and what is known of them may take at most.
pub(super) const MEMO_BYTES_MAX: usize = 1 << 20;

/// Which patterns cover the topics that were seen lately. In two generations: a topic that is seen
/// enters the young one; when that is full, it becomes the old one and the old one is forgotten.
/// A topic is in one of them at most.
#[derive(Default)]
pub(super) struct Memo {
    young: Generation,
    old: Generation,
}

#[derive(Default)]
struct Generation {
    topics: HashTable<Known>,
    bytes: usize,
}

/// Which patterns covered a topic.
pub(super) struct Known {
    pub(super) topic: Box<str>,
    /// The keyed hash of the topic.
    pub(super) hash: u64,
    /// When it was so, as the count of changes to the set of patterns.
    pub(super) version: u64,
    pub(super) groups: Vec<GroupId>,
}

impl Memo {
    /// What is known of `topic` where that is as of `version`, without any work.
    pub(super) fn fresh(&self, topic: &str, hash: u64, version: u64) -> Option<&[GroupId]> {
        let known = self.young.topics.find(hash, |k| *k.topic == *topic)?;
        (known.version == version).then_some(&known.groups)
    }

    /// Removes and returns what is known of `topic`, however old, to be brought up to date.
    pub(super) fn take(&mut self, topic: &str, hash: u64) -> Option<Known> {
        self.young
            .take(topic, hash)
            .or_else(|| self.old.take(topic, hash))
    }

    /// Remembers `known`, of which nothing may be remembered now. What is too large is not.
    pub(super) fn put(&mut self, known: Known) {
        let bytes = known.bytes();
        if bytes > MEMO_BYTES_MAX / 2 {
            return;
        }
        if self.young.topics.len() >= MEMO_TOPICS_MAX / 2
            || self.young.bytes + bytes > MEMO_BYTES_MAX / 2
        {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        self.young.bytes += bytes;
        self.young
            .topics
            .insert_unique(known.hash, known, |k| k.hash);
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

impl Generation {
    fn take(&mut self, topic: &str, hash: u64) -> Option<Known> {
        let entry = self.topics.find_entry(hash, |k| *k.topic == *topic).ok()?;
        let (known, _) = entry.remove();
        self.bytes -= known.bytes();
        Some(known)
    }

    fn clear(&mut self) {
        self.topics.clear();
        self.bytes = 0;
    }
}

impl Known {
    fn bytes(&self) -> usize {
        size_of::<Self>() + self.topic.len() + self.groups.capacity() * size_of::<GroupId>()
    }
}

#[cfg(test)]
mod tests;
