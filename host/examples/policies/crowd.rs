//! Subscribers and events that any of the policies understands.

use umbel_event::Offset;
use umbel_routing::{Client, EventView, SubscriberView, Wants};
use umbel_selector::{Matcher, Selector};

/// Subscribers of one instance.
pub(crate) const SUBSCRIBERS: u32 = 10_000;

/// Events in a page of the log, as the hub reads it.
pub(crate) const PAGE_EVENTS: u32 = 256;

/// The topic that everybody asks for.
pub(crate) const ALL: &str = "all";

const CLAIMS: &str = r#"{"fence":{"box":{"south":0,"west":0,"north":10,"east":10}}}"#;
const DATA: &[u8] = br#"{"lat": 5, "lon": 5}"#;

/// The topic that nobody but this client asks for.
pub(crate) fn own(client: u32) -> String {
    format!("user/{client}")
}

/// What the client asks for.
pub(crate) fn selectors(client: u32) -> [Selector; 2] {
    [ALL, &own(client)].map(|topic| Selector::trusted(Matcher::Exact, topic))
}

pub(crate) fn subscriber(client: u32, selectors: &[Selector], wants: Wants) -> SubscriberView<'_> {
    SubscriberView {
        client: Client(client),
        selectors,
        grants: &[],
        claims: if wants.claims { CLAIMS } else { "" },
        attributes: &[],
        joined_ms: 0,
    }
}

pub(crate) fn event<'a>(offset: u32, topics: &'a [&'a str], wants: Wants) -> EventView<'a> {
    EventView {
        offset: Offset(u64::from(offset)),
        id: "",
        topics,
        kind: None,
        private: false,
        accepted_ms: 1,
        size: DATA.len().try_into().expect("small"),
        data: wants.payload.then_some(DATA),
        attributes: &[],
    }
}
