//! A batch of events as the router sees it.

use umbel_event::Offset;
use umbel_guest::Event;
use umbel_routing::EventView;

/// The events of one call, with the borrowed lists that their views point into: one allocation a batch
/// for all topics, and one for all attributes, rather than one an event.
pub(crate) struct EventBatch<'a> {
    events: &'a [Event],
    topics: Vec<&'a str>,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> EventBatch<'a> {
    pub(crate) fn new(events: &'a [Event]) -> Self {
        let topics = events
            .iter()
            .flat_map(|e| &e.topics)
            .map(String::as_str)
            .collect();
        let attributes = events
            .iter()
            .flat_map(|e| &e.attributes)
            .map(borrowed)
            .collect();
        Self {
            events,
            topics,
            attributes,
        }
    }

    pub(crate) fn views(&self) -> Vec<EventView<'_>> {
        let (mut topics, mut attributes) = (&self.topics[..], &self.attributes[..]);
        let view = |event| {
            let event: &Event = event;
            EventView {
                offset: Offset(event.offset),
                id: &event.id,
                topics: take(&mut topics, event.topics.len()),
                kind: event.kind.as_deref(),
                private: event.private,
                accepted_ms: event.accepted_ms,
                size: event.size,
                data: event.data.as_deref(),
                attributes: take(&mut attributes, event.attributes.len()),
            }
        };
        self.events.iter().map(view).collect()
    }
}

/// The first `len` elements of `rest`, which moves past them.
pub(crate) fn take<'s, T>(rest: &mut &'s [T], len: usize) -> &'s [T] {
    let (taken, left) = rest.split_at(len);
    *rest = left;
    taken
}

fn borrowed((name, value): &(String, String)) -> (&str, &str) {
    (name, value)
}
