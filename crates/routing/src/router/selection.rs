//! Which logged events each of some clients may have.

use super::group::GroupId;
use super::index::Index;
use crate::{Client, EventView};

/// Events that are decided together; the working memory is a bit for each of them and each group.
const PAGE_EVENTS: usize = 256;
const WORD_BITS: usize = u64::BITS as usize;
const NO_ROW: u32 = u32::MAX;

/// A bit for each event of a page, ascending.
type Row = [u64; PAGE_EVENTS / WORD_BITS];

/// Decides which of a page of events each of some clients may have: first which events each group that
/// one of the clients is in may have, then the union of its groups for each client.
#[derive(Default)]
pub(super) struct Selection {
    /// The row of each group, by key; [`NO_ROW`] for every group between two calls.
    row_of: Vec<u32>,
    rows: Vec<Row>,
    wanted: Vec<GroupId>,
    found: Vec<GroupId>,
}

impl Selection {
    /// For each client, which of `events` it may have, as ascending indexes.
    pub(super) fn select(
        &mut self,
        index: &Index,
        clients: &[Client],
        events: &[EventView<'_>],
    ) -> Vec<Vec<u32>> {
        let mut answer = vec![Vec::new(); clients.len()];
        self.open(index, clients);
        for (page, first) in events.chunks(PAGE_EVENTS).zip((0..).step_by(PAGE_EVENTS)) {
            self.decide(index, page);
            for (client, list) in clients.iter().zip(&mut answer) {
                push_bits(&self.union(index, *client), first, list);
            }
        }
        self.close();
        answer
    }

    /// Gives a row to every group that one of `clients` is in.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "2^32 groups do not fit into memory"
    )]
    fn open(&mut self, index: &Index, clients: &[Client]) {
        for group in clients.iter().flat_map(|c| index.groups_of(*c)) {
            if self.row_of.len() <= group.key() {
                self.row_of.resize(group.key() + 1, NO_ROW);
            }
            if self.row_of[group.key()] == NO_ROW {
                self.row_of[group.key()] = self.wanted.len() as u32;
                self.wanted.push(group);
            }
        }
    }

    fn close(&mut self) {
        for group in self.wanted.drain(..) {
            self.row_of[group.key()] = NO_ROW;
        }
    }

    /// Fills the rows for this page.
    fn decide(&mut self, index: &Index, page: &[EventView<'_>]) {
        self.rows.clear();
        self.rows.resize(self.wanted.len(), Row::default());
        let wanted = |group| row(&self.row_of, group).is_some();
        for (bit, event) in page.iter().enumerate() {
            index.resolve_wanted(event.topics, wanted, &mut self.found);
            for row in self
                .found
                .iter()
                .filter_map(|group| row(&self.row_of, *group))
            {
                self.rows[row][bit / WORD_BITS] |= 1 << (bit % WORD_BITS);
            }
        }
    }

    fn union(&self, index: &Index, client: Client) -> Row {
        let mut union = Row::default();
        for group in index.groups_of(client) {
            let row = row(&self.row_of, group)
                .map(|r| self.rows[r])
                .unwrap_or_default();
            for (all, word) in union.iter_mut().zip(row) {
                *all |= word;
            }
        }
        union
    }
}

fn row(row_of: &[u32], group: GroupId) -> Option<usize> {
    row_of
        .get(group.key())
        .filter(|row| **row != NO_ROW)
        .map(|row| *row as usize)
}

/// Adds `first` + the place of every set bit to `list`, ascending.
fn push_bits(row: &Row, first: u32, list: &mut Vec<u32>) {
    for (word, base) in row.iter().zip((first..).step_by(WORD_BITS)) {
        let mut rest = *word;
        while rest != 0 {
            list.push(base + rest.trailing_zeros());
            rest &= rest - 1;
        }
    }
}
