//! Groups by topic.

use hashbrown::HashTable;

use super::group::GroupId;

/// Tables that the topics are spread over.
const PARTS: usize = 256;

/// Groups by the keyed hashes of their topics. Spread over many small tables, each of which grows by itself
/// and knows the hashes that it holds: a join among very many topics never waits for all of them to be
/// moved.
pub(super) struct Topics {
    parts: Box<[HashTable<Slot>]>,
}

/// One group, and what its topic hashes to within its part.
struct Slot {
    hash: u32,
    group: GroupId,
}

impl Topics {
    pub(super) fn new() -> Self {
        Self {
            parts: (0..PARTS).map(|_| HashTable::new()).collect(),
        }
    }

    /// The group among those with this hash that `is_meant` knows.
    pub(super) fn find(&self, hash: u64, is_meant: impl Fn(GroupId) -> bool) -> Option<GroupId> {
        let (part, hash) = split(hash);
        let meant = |slot: &Slot| slot.hash == hash && is_meant(slot.group);
        let slot = self.parts[part].find(spread(hash), meant)?;
        Some(slot.group)
    }

    /// Lists a group that is not listed.
    pub(super) fn insert(&mut self, hash: u64, group: GroupId) {
        let (part, hash) = split(hash);
        let slot = Slot { hash, group };
        self.parts[part].insert_unique(spread(hash), slot, |slot| spread(slot.hash));
    }

    /// Forgets a group, listed or not.
    pub(super) fn remove(&mut self, hash: u64, group: GroupId) {
        let (part, hash) = split(hash);
        let found = self.parts[part].find_entry(spread(hash), |slot| slot.group == group);
        if let Ok(entry) = found {
            entry.remove();
        }
    }
}

/// The part that a hash falls into, and what tells it from others there.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the parts of a hash are what is wanted"
)]
const fn split(hash: u64) -> (usize, u32) {
    ((hash >> 32) as usize % PARTS, hash as u32)
}

/// For a table, which looks at both ends of a hash.
const fn spread(hash: u32) -> u64 {
    (hash as u64) << 32 | hash as u64
}
