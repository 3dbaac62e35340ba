//! A client that has joined.

use std::sync::Weak;

use umbel_event::Offset;
use umbel_routing::{Client, SubscriberView};
use umbel_selector::Selector;

use crate::mailbox::Mailbox;

/// A client that has joined, with what another instance of the policy will have to be told of it.
pub(crate) struct Member {
    pub(crate) selectors: Vec<Selector>,
    pub(crate) joined_ms: u64,
    /// Only the connection keeps it.
    pub(crate) mailbox: Weak<Mailbox>,
    /// The event that it was given last: it gets each once, however often it is named.
    pub(crate) given: Offset,
}

impl Member {
    pub(crate) fn view(&self, key: usize) -> SubscriberView<'_> {
        SubscriberView {
            client: client(key),
            selectors: &self.selectors,
            grants: &[],
            claims: "",
            attributes: &[],
            joined_ms: self.joined_ms,
        }
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.mailbox.strong_count() == 0
    }
}

/// The handle of whoever stands at this place.
pub(crate) fn client(key: usize) -> Client {
    Client(u32::try_from(key).expect("there are few members"))
}
