//! Which patterns came lately.

use std::collections::VecDeque;

use super::group::GroupId;

/// Arrivals that are remembered at most.
pub(super) const JOURNAL_MAX: usize = 1024;

/// Which patterns came lately, and when: so that what is known of a topic can be brought up to date by
/// matching those alone.
#[derive(Default)]
pub(super) struct Journal {
    /// Version and group, ascending by version.
    arrivals: VecDeque<(u64, GroupId)>,
    /// The version of the last arrival that was forgotten.
    horizon: u64,
}

impl Journal {
    /// Notes that `group` came, at a `version` above every one before.
    pub(super) fn note(&mut self, version: u64, group: GroupId) {
        if self.arrivals.len() == JOURNAL_MAX
            && let Some((forgotten, _)) = self.arrivals.pop_front()
        {
            self.horizon = forgotten;
        }
        self.arrivals.push_back((version, group));
    }

    /// What came after `version`; `None` where some of that is forgotten. A group may have gone since,
    /// and its id may name another that came later.
    pub(super) fn since(
        &self,
        version: u64,
    ) -> Option<impl ExactSizeIterator<Item = (u64, GroupId)>> {
        let first = self.arrivals.partition_point(|(v, _)| *v <= version);
        (version >= self.horizon).then(|| self.arrivals.range(first..).copied())
    }
}

#[cfg(test)]
mod tests;
