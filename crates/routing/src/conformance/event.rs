//! An event as a case writes it.

use serde::{Deserialize, Serialize};

/// An event as a case writes it. What is left out is empty, false or 0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Event {
    /// Its place in the log.
    #[serde(default)]
    pub offset: u64,
    /// Its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The canonical topic first.
    pub topics: Vec<String>,
    /// The SSE `event` field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether grants are needed.
    #[serde(default)]
    pub private: bool,
    /// Unix time in milliseconds at which it was accepted.
    #[serde(default)]
    pub accepted_ms: u64,
    /// Bytes of the payload.
    #[serde(default)]
    pub size: u32,
    /// The payload, where it is text and the policy wants it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    /// Further facts, as name and value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<(String, String)>,
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
                data: event.data.as_deref().map(str::as_bytes),
                attributes,
            })
            .collect();
        with(&views)
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
