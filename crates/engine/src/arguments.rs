//! What the hub knows, as a component is given it: nothing is copied that can be borrowed, and what
//! its profile does not name is not there.

use umbel_routing::Wants;
use umbel_routing::{Client, EventView, FullMailbox, PublicationView, Settings, SubscriberView};

use crate::bindings::{EventArg, FullMailboxArg, PublicationArg, SelectorArg};
use crate::bindings::{SettingsArg, SubscriberArg};

pub(crate) fn settings(settings: &Settings) -> SettingsArg<'_> {
    SettingsArg {
        config: &settings.config,
        seed: settings.seed,
        facts: &settings.facts,
    }
}

pub(crate) fn events<'a>(events: &[EventView<'a>], wants: Wants) -> Vec<EventArg<'a>> {
    events.iter().map(|e| event(e, wants)).collect()
}

fn event<'a>(e: &EventView<'a>, wants: Wants) -> EventArg<'a> {
    EventArg {
        offset: e.offset.0,
        id: if wants.id { e.id } else { "" },
        topics: e.topics,
        kind: e.kind,
        private: e.private,
        accepted_ms: e.accepted_ms,
        size: e.size,
        data: e.data.filter(|_| wants.payload),
        attributes: if wants.attributes { e.attributes } else { &[] },
    }
}

pub(crate) fn publications<'a>(
    publications: &[PublicationView<'a>],
    wants: Wants,
) -> Vec<PublicationArg<'a>> {
    publications
        .iter()
        .map(|p| PublicationArg {
            event: event(&p.event, wants),
            claims: if wants.claims { p.claims } else { "" },
        })
        .collect()
}

/// The selectors and grants of all of `subscribers`, one after the other: one allocation instead of
/// two for each.
pub(crate) fn selectors<'a>(subscribers: &[SubscriberView<'a>]) -> Vec<SelectorArg<'a>> {
    subscribers
        .iter()
        .flat_map(|s| s.selectors.iter().chain(s.grants))
        .map(|s| SelectorArg {
            matcher: s.matcher().name(),
            pattern: s.pattern(),
        })
        .collect()
}

/// `subscribers`, with the `selectors` that [`selectors`] took from them.
pub(crate) fn subscribers<'a>(
    subscribers: &[SubscriberView<'a>],
    mut selectors: &'a [SelectorArg<'a>],
    wants: Wants,
) -> Vec<SubscriberArg<'a>> {
    let mut take = |count| {
        let (taken, rest) = selectors.split_at(count);
        selectors = rest;
        taken
    };
    subscribers
        .iter()
        .map(|s| SubscriberArg {
            client: s.client.0,
            selectors: take(s.selectors.len()),
            grants: take(s.grants.len()),
            claims: if wants.claims { s.claims } else { "" },
            attributes: if wants.attributes { s.attributes } else { &[] },
            joined_ms: s.joined_ms,
        })
        .collect()
}

pub(crate) fn clients(clients: &[Client]) -> Vec<u32> {
    clients.iter().map(|c| c.0).collect()
}

pub(crate) fn full_mailboxes(full: &[FullMailbox]) -> Vec<FullMailboxArg> {
    full.iter()
        .map(|f| FullMailboxArg {
            client: f.client.0,
            offset: f.offset.0,
            events: f.events,
            bytes: f.bytes,
            oldest_ms: f.oldest_ms,
        })
        .collect()
}
