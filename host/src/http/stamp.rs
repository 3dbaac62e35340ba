//! What the hub adds to a publication.

use std::time::{SystemTime, UNIX_EPOCH};

use umbel_event::EventId;

/// What the hub adds to a publication: taken once, at the edge, so that everything behind it is pure.
#[derive(Clone, Debug)]
pub(crate) struct Stamp {
    /// Its id, where the publisher gave none: a `urn:uuid:` (protocol item 30).
    pub(crate) id: EventId,
    /// Unix time in milliseconds at which it was accepted.
    pub(crate) accepted_ms: u64,
}

impl Stamp {
    /// A stamp of now, with a new id.
    pub(crate) fn now() -> Self {
        let uuid = uuid::Uuid::new_v4().urn().to_string();
        let id = EventId::new(&uuid).expect("a urn:uuid is an event id");
        Self {
            id,
            accepted_ms: unix_ms(),
        }
    }
}

/// Unix time in milliseconds; 0 before 1970.
pub(crate) fn unix_ms() -> u64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
