//! What a policy gets where it does not decide for itself.

use crate::{Client, Mailbox, Profile, Verdict, WhenFull};

impl Default for Mailbox {
    /// As large as the host allows; whoever cannot keep up is fed from the log.
    fn default() -> Self {
        Self::always(Verdict::CatchUp)
    }
}

impl Profile {
    /// A policy of that name and version that wants nothing beyond what every policy gets.
    #[must_use]
    pub fn new(name: &str, version: &str) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            wants: vec![],
            matchers: vec![],
        }
    }

    /// The same, given `want` as well: `id`, `payload`, `claims` or `attributes`.
    #[must_use]
    pub fn wanting(mut self, want: &str) -> Self {
        self.wants.push(want.into());
        self
    }
}

impl Mailbox {
    /// As large as the host allows, and always so where it is full.
    #[must_use]
    pub const fn always(verdict: Verdict) -> Self {
        Self::with(WhenFull::Always(verdict))
    }

    /// As large as the host allows; where it is full, the policy is asked.
    #[must_use]
    pub const fn asking() -> Self {
        Self::with(WhenFull::Ask)
    }

    const fn with(when_full: WhenFull) -> Self {
        Self {
            events_max: u32::MAX,
            bytes_max: u32::MAX,
            when_full,
        }
    }
}

/// Audiences turned around: which events each of some clients may have.
pub(crate) struct Selections {
    /// Each client that is asked about and its place in the answer, ascending.
    asked: Vec<(Client, usize)>,
    selected: Vec<Vec<u32>>,
}

impl Selections {
    /// Nothing yet for any of `clients`.
    pub(crate) fn of(clients: &[Client]) -> Self {
        let mut asked: Vec<_> = clients.iter().copied().zip(0..).collect();
        asked.sort_unstable();
        Self {
            asked,
            selected: vec![Vec::new(); clients.len()],
        }
    }

    /// The event `index` is for `audience`. Events come in ascending order.
    pub(crate) fn take(&mut self, index: u32, audience: &[Client]) {
        for member in audience {
            let first = self.asked.partition_point(|(client, _)| client < member);
            let places = self.asked[first..].iter();
            for &(_, place) in places.take_while(|(client, _)| client == member) {
                push_once(&mut self.selected[place], index);
            }
        }
    }

    /// The ascending indexes of each client.
    pub(crate) fn finish(self) -> Vec<Vec<u32>> {
        self.selected
    }
}

/// A client may stand in one audience twice.
fn push_once(indexes: &mut Vec<u32>, index: u32) {
    if indexes.last() != Some(&index) {
        indexes.push(index);
    }
}

#[cfg(test)]
mod tests {
    use super::Selections;
    use crate::Client;

    fn select(audiences: &[Vec<Client>], clients: &[Client]) -> Vec<Vec<u32>> {
        let mut selections = Selections::of(clients);
        for (audience, index) in audiences.iter().zip(0..) {
            selections.take(index, audience);
        }
        selections.finish()
    }

    #[test]
    fn a_selection_is_the_audiences_turned_around() {
        let audiences = [vec![7, 3], vec![], vec![3, 3, 9], vec![9, 7, 3]];
        assert_eq!(
            select(&audiences, &[9, 3, 4]),
            [vec![2, 3], vec![0, 2, 3], vec![]]
        );
        assert_eq!(select(&audiences, &[]), Vec::<Vec<u32>>::new());
        assert_eq!(select(&[], &[1]), [vec![0u32; 0]]);
    }

    #[test]
    fn a_client_asked_for_twice_is_answered_twice() {
        assert_eq!(select(&[vec![5]], &[5, 5]), [vec![0], vec![0]]);
    }
}
