//! Where groups are kept.

use std::ops::{Index, IndexMut};

use super::group::{Group, GroupId};

/// Groups that are allocated together.
const PAGE_GROUPS: usize = 256;

/// All groups, by id. Kept in pages, so that none is ever moved: a join among very many never waits for all
/// of them to be copied.
#[derive(Default)]
pub(super) struct Groups {
    pages: Vec<Vec<Option<Group>>>,
    free: Vec<GroupId>,
}

impl Groups {
    /// The id that the next one gets.
    pub(super) fn next_id(&self) -> GroupId {
        match (self.free.last(), self.pages.last()) {
            (Some(id), _) => *id,
            (None, None) => GroupId::of(0),
            (None, Some(last)) => GroupId::of((self.pages.len() - 1) * PAGE_GROUPS + last.len()),
        }
    }

    /// Keeps `group` under [`Self::next_id`].
    pub(super) fn insert(&mut self, group: Group) -> GroupId {
        let id = self.next_id();
        if self.free.pop().is_some() {
            *self.slot(id) = Some(group);
            return id;
        }
        match self
            .pages
            .last_mut()
            .filter(|page| page.len() < PAGE_GROUPS)
        {
            Some(page) => page.push(Some(group)),
            None => {
                let mut page = Vec::with_capacity(PAGE_GROUPS);
                page.push(Some(group));
                self.pages.push(page);
            }
        }
        id
    }

    /// Gives a group up, which must be there.
    pub(super) fn remove(&mut self, id: GroupId) -> Group {
        let group = self.slot(id).take().expect("a group that exists");
        self.free.push(id);
        group
    }

    pub(super) fn get(&self, id: GroupId) -> Option<&Group> {
        let (page, slot) = locate(id);
        self.pages.get(page)?.get(slot)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, id: GroupId) -> Option<&mut Group> {
        let (page, slot) = locate(id);
        self.pages.get_mut(page)?.get_mut(slot)?.as_mut()
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        let kept: usize = self.pages.iter().map(Vec::len).sum();
        kept - self.free.len()
    }

    fn slot(&mut self, id: GroupId) -> &mut Option<Group> {
        let (page, slot) = locate(id);
        &mut self.pages[page][slot]
    }
}

impl Index<GroupId> for Groups {
    type Output = Group;

    fn index(&self, id: GroupId) -> &Group {
        self.get(id).expect("a group that exists")
    }
}

impl IndexMut<GroupId> for Groups {
    fn index_mut(&mut self, id: GroupId) -> &mut Group {
        self.get_mut(id).expect("a group that exists")
    }
}

const fn locate(id: GroupId) -> (usize, usize) {
    (id.key() / PAGE_GROUPS, id.key() % PAGE_GROUPS)
}

#[cfg(test)]
mod tests {
    use super::super::group::{Group, Kind};
    use super::{Groups, PAGE_GROUPS};

    #[test]
    fn ids_are_dense_and_used_again() {
        let mut groups = Groups::default();
        let ids: Vec<_> = (0..3 * PAGE_GROUPS)
            .map(|n| {
                let announced = groups.next_id();
                let id = groups.insert(Group::new(Kind::Any));
                assert_eq!((id, id.key()), (announced, n));
                id
            })
            .collect();
        groups.remove(ids[7]);
        groups.remove(ids[300]);
        assert!(groups.get(ids[7]).is_none() && groups.get(ids[8]).is_some());
        assert_eq!(groups.len(), ids.len() - 2);
        for expected in [ids[300], ids[7]] {
            assert_eq!(groups.insert(Group::new(Kind::Any)), expected);
        }
        assert_eq!(groups.insert(Group::new(Kind::Any)).key(), ids.len());
    }
}
