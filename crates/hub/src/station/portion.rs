//! Who gets which payload of an event.

use std::sync::Arc;

use umbel_eventlog::Entry;
use umbel_routing::Client;
use umbel_sse::Frame;

/// Some of an event's audience, and what they get.
pub(crate) struct Portion {
    pub(crate) entry: Arc<Entry>,
    /// What goes out instead of the entry's own frame.
    pub(crate) frame: Option<Frame>,
    pub(crate) audience: Vec<Client>,
}

impl Portion {
    /// The event as it was published, for all of them.
    pub(crate) fn whole(entry: &Arc<Entry>, audience: Vec<Client>) -> Self {
        Self {
            entry: Arc::clone(entry),
            frame: None,
            audience,
        }
    }
}
