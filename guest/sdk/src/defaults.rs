//! What a policy gets where it does not decide for itself.

use crate::{Client, Mailbox, Profile, Verdict, WhenFull};

impl Default for Mailbox {
    /// As large as the host allows; whoever cannot keep up is fed from the log.
    fn default() -> Self {
        Self {
            events_max: u32::MAX,
            bytes_max: u32::MAX,
            when_full: WhenFull::Always(Verdict::CatchUp),
        }
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

/// For each of `clients`, the ascending indexes of the `audiences` that it is in.
pub(crate) fn select(audiences: &[Vec<Client>], clients: &[Client]) -> Vec<Vec<u32>> {
    let mut asked: Vec<(Client, usize)> = clients.iter().copied().zip(0..).collect();
    asked.sort_unstable();
    let mut selected = vec![Vec::new(); clients.len()];
    for (audience, index) in audiences.iter().zip(0..) {
        for member in audience {
            let first = asked.partition_point(|(client, _)| client < member);
            for &(_, place) in asked[first..]
                .iter()
                .take_while(|(client, _)| client == member)
            {
                push_once(&mut selected[place], index);
            }
        }
    }
    selected
}

/// A client may stand in one audience twice.
fn push_once(indexes: &mut Vec<u32>, index: u32) {
    if indexes.last() != Some(&index) {
        indexes.push(index);
    }
}

#[cfg(test)]
mod tests {
    use super::select;

    #[test]
    fn a_selection_is_the_audiences_turned_around() {
        let audiences = [vec![7, 3], vec![], vec![3, 3, 9], vec![9, 7, 3]];
        assert_eq!(
            select(&audiences, &[9, 3, 4]),
            [vec![2, 3], vec![0, 2, 3], vec![]]
        );
        assert_eq!(select(&audiences, &[]), Vec::<Vec<u32>>::new());
        assert_eq!(select(&[], &[1]), [vec![]]);
    }

    #[test]
    fn a_client_asked_for_twice_is_answered_twice() {
        assert_eq!(select(&[vec![5]], &[5, 5]), [vec![0], vec![0]]);
    }
}
