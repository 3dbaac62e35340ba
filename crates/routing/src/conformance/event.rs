//! An event as a case writes it.

use serde::{Deserialize, Serialize};

use super::base64_text::Base64;

/// An event as a case writes it. What is left out is empty, false or 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Event {
    /// Its place in the log.
    pub offset: u64,
    /// Its id.
    pub id: String,
    /// The canonical topic first.
    pub topics: Vec<String>,
    /// The SSE `event` field.
    pub kind: Option<String>,
    /// Whether grants are needed.
    pub private: bool,
    /// Unix time in milliseconds at which it was accepted.
    pub accepted_ms: u64,
    /// Bytes of the payload.
    pub size: u32,
    /// The payload, where the policy wants it: written as text under `data` where it is UTF-8, else in
    /// base64 under `data-base64`.
    pub data: Option<Vec<u8>>,
    /// Further facts, as name and value.
    pub attributes: Vec<(String, String)>,
}

/// The keys of an event.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Written {
    #[serde(default)]
    offset: u64,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    id: String,
    topics: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    accepted_ms: u64,
    #[serde(default)]
    size: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_base64: Option<Base64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<(String, String)>,
}

impl Event {
    /// Calls `with` with views of `events`.
    pub(super) fn viewed<T>(events: &[Self], with: impl FnOnce(&[crate::EventView<'_>]) -> T) -> T {
        let borrowed: Vec<_> = events.iter().map(|e| (topics(e), attributes(e))).collect();
        let views: Vec<_> = events
            .iter()
            .zip(&borrowed)
            .map(|(event, (topics, attributes))| crate::EventView {
                offset: umbel_event::Offset(event.offset),
                id: &event.id,
                topics,
                kind: event.kind.as_deref(),
                private: event.private,
                accepted_ms: event.accepted_ms,
                size: event.size,
                data: event.data.as_deref(),
                attributes,
            })
            .collect();
        with(&views)
    }
}

impl TryFrom<Written> for Event {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let data = match (written.data, written.data_base64) {
            (Some(_), Some(_)) => return Err("`data` and `data-base64`: an event has one of them"),
            (Some(text), None) => Some(text.into_bytes()),
            (None, bytes) => bytes.map(|Base64(bytes)| bytes),
        };
        Ok(Self {
            offset: written.offset,
            id: written.id,
            topics: written.topics,
            kind: written.kind,
            private: written.private,
            accepted_ms: written.accepted_ms,
            size: written.size,
            data,
            attributes: written.attributes,
        })
    }
}

impl From<Event> for Written {
    fn from(event: Event) -> Self {
        let (data, data_base64) = match event.data.map(String::from_utf8) {
            None => (None, None),
            Some(Ok(text)) => (Some(text), None),
            Some(Err(bytes)) => (None, Some(Base64(bytes.into_bytes()))),
        };
        Self {
            offset: event.offset,
            id: event.id,
            topics: event.topics,
            kind: event.kind,
            private: event.private,
            accepted_ms: event.accepted_ms,
            size: event.size,
            data,
            data_base64,
            attributes: event.attributes,
        }
    }
}

fn topics(event: &Event) -> Vec<&str> {
    event.topics.iter().map(String::as_str).collect()
}

fn attributes(event: &Event) -> Vec<(&str, &str)> {
    event
        .attributes
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
