//! Events to log, and ways to look at a log whole.

use std::sync::Arc;

use bytes::Bytes;
use umbel_event::{Event, EventId, Kind, Offset, Topic, Topics};

use crate::{Entry, EventLog, LogBounds, PageLimits};

/// No limit on a page but its events.
pub(super) const PAGE: PageLimits = PageLimits {
    events: 7,
    bytes: usize::MAX,
    before: Offset(u64::MAX),
};

/// A public event with the id `id`, accepted at `accepted_ms`.
///
/// # Panics
/// Where `id` is no event id.
#[must_use]
pub fn event(id: &str, accepted_ms: u64) -> Event {
    event_of(id, accepted_ms, 10)
}

/// A public event with `bytes` bytes of payload.
///
/// # Panics
/// Where `id` is no event id.
#[must_use]
pub fn event_of(id: &str, accepted_ms: u64, bytes: usize) -> Event {
    Event {
        topics: topics(&["https://quakes.example/ci"]),
        id: EventId::new(id).expect("an id"),
        kind: None,
        retry_ms: None,
        private: false,
        accepted_ms,
        data: Bytes::from(vec![b'x'; bytes]),
    }
}

/// Events that differ in every field that an event has.
pub(super) fn unlike() -> Vec<Event> {
    let plain = event("plain", 0);
    vec![
        Event {
            kind: Some(Kind::new("quake").expect("a kind")),
            ..event("kind", 1)
        },
        Event {
            retry_ms: Some(0),
            ..event("retry", 2)
        },
        Event {
            private: true,
            accepted_ms: u64::MAX,
            ..event("private", 3)
        },
        Event {
            data: Bytes::new(),
            ..event("empty", 4)
        },
        Event {
            data: Bytes::from_static("a\r\n\u{feff}é\0".as_bytes()),
            ..event("名前", 5)
        },
        Event {
            topics: topics(&["a", "b", "https://é.example/"]),
            ..event("topics", 6)
        },
        plain,
    ]
}

/// Events with the ids `{prefix}{n}` for the numbers of `range`, accepted at `n` ms.
pub(super) fn events(prefix: &str, range: std::ops::Range<u64>) -> Vec<Event> {
    range.map(|n| event(&format!("{prefix}{n}"), n)).collect()
}

/// All that the log retains, page by page.
pub(super) async fn all(log: &dyn EventLog) -> Vec<Arc<Entry>> {
    let mut entries: Vec<Arc<Entry>> = Vec::new();
    let mut from = log.bounds().first;
    loop {
        let page = log
            .read(from, PAGE)
            .await
            .expect("what is retained can be read");
        let Some(last) = page.last() else {
            return entries;
        };
        from = last.offset.next();
        entries.extend(page);
    }
}

/// Their ids.
pub(super) fn ids(entries: &[Arc<Entry>]) -> Vec<&str> {
    entries
        .iter()
        .map(|entry| entry.event.id.as_str())
        .collect()
}

/// Appends events one by one; answers their offsets.
pub(super) async fn append_each(log: &dyn EventLog, events: Vec<Event>) -> Vec<Offset> {
    let mut offsets = Vec::new();
    for event in events {
        offsets.push(log.append(vec![event]).await.expect("an append works"));
    }
    offsets
}

/// Calls `retain` until it has nothing left to do.
pub(super) async fn retain_wholly(log: &dyn EventLog, now_ms: u64, floor: Offset) -> LogBounds {
    loop {
        let before = log.bounds();
        log.retain(now_ms, floor).await;
        if log.bounds() == before {
            return before;
        }
    }
}

/// What `entries` are counted with.
pub(super) fn cost(entries: &[Arc<Entry>]) -> u64 {
    entries.iter().map(|entry| entry.event.cost() as u64).sum()
}

fn topics(texts: &[&str]) -> Topics {
    let topics = texts
        .iter()
        .map(|text| Topic::new(text, 100).expect("a topic"))
        .collect();
    Topics::new(topics).expect("one at least")
}
