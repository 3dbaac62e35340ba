//! Logged events as a policy sees them.

use std::ops::Range;
use std::sync::Arc;

use umbel_event::{Event, Offset};
use umbel_eventlog::Entry;
use umbel_routing::EventView;

/// The topics of a batch, borrowed flat, so that its views can be made without an allocation each.
pub(crate) struct BatchTopics<'a> {
    flat: Vec<&'a str>,
    ranges: Vec<Range<usize>>,
}

impl<'a> BatchTopics<'a> {
    pub(crate) fn of(entries: &'a [Arc<Entry>]) -> Self {
        let mut flat = Vec::with_capacity(entries.len());
        let mut ranges = Vec::with_capacity(entries.len());
        for entry in entries {
            let start = flat.len();
            flat.extend(entry.event.topics.iter().map(umbel_event::Topic::as_str));
            ranges.push(start..flat.len());
        }
        Self { flat, ranges }
    }

    /// The events of the batch, in order.
    pub(crate) fn views(&'a self, entries: &'a [Arc<Entry>]) -> Vec<EventView<'a>> {
        entries
            .iter()
            .zip(&self.ranges)
            .map(|(entry, range)| view(entry.offset, &entry.event, &self.flat[range.clone()]))
            .collect()
    }
}

/// One event with its topics, which somebody holds.
pub(crate) fn view<'a>(offset: Offset, event: &'a Event, topics: &'a [&'a str]) -> EventView<'a> {
    EventView {
        offset,
        id: event.id.as_str(),
        topics,
        kind: event.kind.as_ref().map(umbel_event::Kind::as_str),
        private: event.private,
        accepted_ms: event.accepted_ms,
        size: u32::try_from(event.data.len()).unwrap_or(u32::MAX),
        data: Some(&event.data),
        attributes: &[],
    }
}
