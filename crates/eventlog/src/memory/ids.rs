//! From an id to the earliest retained event that carries it.
//!
//! Events with the same id form a ring through their slots: each names the next one, the last names
//! the first. The index holds one small record per distinct id, the place of the last, so adding an
//! event, dropping the oldest and finding the first all take one look-up, however often an id repeats.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;
use umbel_event::Offset;

use super::slots::Slots;

/// Tables that ids are spread over, so that one growing moves only a share of the ids at once.
const TABLES: usize = 64;

/// A table gives memory back when it uses less than one in this many of its places.
const SPARSE: usize = 8;

/// The index of ids. It holds no id itself: it looks at the events in the slots.
#[derive(Debug)]
pub(super) struct Ids {
    tables: Box<[HashTable<Last>]>,
    /// Seeded: publishers choose ids, and must not be able to choose ones that collide.
    hasher: RandomState,
}

/// The last event of an id.
#[derive(Debug)]
struct Last {
    hash: u64,
    offset: Offset,
}

impl Ids {
    /// Knows no id.
    pub(super) fn new(hasher: RandomState) -> Self {
        Self {
            tables: (0..TABLES).map(|_| HashTable::new()).collect(),
            hasher,
        }
    }

    /// Where the first event with that id is.
    pub(super) fn first(&self, slots: &Slots, id: &str) -> Option<Offset> {
        let hash = hash_of(&self.hasher, id);
        let last = self.tables[table_of(hash)].find(hash, is(slots, hash, id))?;
        slots.get(last.offset).map(|slot| slot.same_id)
    }

    /// Takes up the newest slot, which is its own ring so far.
    pub(super) fn link(&mut self, slots: &mut Slots, newest: Offset, hash: u64) {
        let Some(slot) = slots.get(newest) else {
            return;
        };
        let id = slot.entry.event.id.as_str();
        let table = &mut self.tables[table_of(hash)];
        match table.find_mut(hash, is(slots, hash, id)) {
            Some(last) => {
                let first = point(slots, last.offset, newest);
                point(slots, newest, first);
                last.offset = newest;
            }
            None => {
                table.insert_unique(
                    hash,
                    Last {
                        hash,
                        offset: newest,
                    },
                    |last| last.hash,
                );
            }
        }
    }

    /// Forgets the oldest slot, which is still there.
    pub(super) fn unlink(&mut self, slots: &mut Slots, oldest: Offset) {
        let Some(slot) = slots.get(oldest) else {
            return;
        };
        let second = slot.same_id;
        let id = slot.entry.event.id.as_str();
        let hash = hash_of(&self.hasher, id);
        let table = &mut self.tables[table_of(hash)];
        let Ok(found) = table.find_entry(hash, is(slots, hash, id)) else {
            return;
        };
        let last = found.get().offset;
        if last == oldest {
            found.remove();
            shrink(table);
        } else {
            point(slots, last, second);
        }
    }

    /// How many ids it knows.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.tables.iter().map(HashTable::len).sum()
    }

    /// How many ids it has room for.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.tables.iter().map(HashTable::capacity).sum()
    }
}

/// The hash that places `id`.
pub(super) fn hash_of(hasher: &RandomState, id: &str) -> u64 {
    hasher.hash_one(id)
}

/// A table places by the lowest and the highest bits; these are neither.
fn table_of(hash: u64) -> usize {
    usize::from((hash >> 40).to_le_bytes()[0]) % TABLES
}

fn is<'a>(slots: &'a Slots, hash: u64, id: &'a str) -> impl Fn(&Last) -> bool + 'a {
    move |last| {
        let named = |offset| {
            slots
                .get(offset)
                .is_some_and(|s| s.entry.event.id.as_str() == id)
        };
        last.hash == hash && named(last.offset)
    }
}

/// Makes the slot at `offset` name `same_id`; answers what it named before.
fn point(slots: &mut Slots, offset: Offset, same_id: Offset) -> Offset {
    match slots.get_mut(offset) {
        Some(slot) => std::mem::replace(&mut slot.same_id, same_id),
        None => same_id,
    }
}

fn shrink(table: &mut HashTable<Last>) {
    if table.len() < table.capacity() / SPARSE {
        table.shrink_to(table.len() * 2, |last| last.hash);
    }
}
