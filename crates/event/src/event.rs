//! One published event.

use alloc::boxed::Box;
use alloc::vec::Vec;

use bytes::Bytes;

use crate::{EventId, Kind, Topic};

/// What a publisher sent, validated. Topics, id, kind and payload are shared, so a clone is cheap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What it is about.
    pub topics: Topics,
    /// Its id on the stream: the publisher's, or one that the hub made.
    pub id: EventId,
    /// Its SSE type; none is `message`.
    pub kind: Option<Kind>,
    /// Reconnection time in milliseconds that the publisher asks subscribers to keep.
    pub retry_ms: Option<u32>,
    /// Only for subscribers whose grants cover one of the topics.
    pub private: bool,
    /// Unix time in milliseconds at which the hub accepted it.
    pub accepted_ms: u64,
    /// The payload: UTF-8, as published.
    pub data: Bytes,
}

impl Event {
    /// Bytes that it is counted with in logs and lags: payload and names, without bookkeeping.
    #[must_use]
    pub fn cost(&self) -> usize {
        let topics: usize = self.topics.iter().map(|t| t.as_str().len()).sum();
        let kind = self.kind.as_ref().map_or(0, |k| k.as_str().len());
        self.data.len() + topics + self.id.as_str().len() + kind
    }
}

/// The topics of an event: the canonical one first, then the alternate ones; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topics(Box<[Topic]>);

/// An event needs a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an event needs at least one topic")]
pub struct TopicsError;

impl Topics {
    /// Takes the canonical topic and its alternates, in that order.
    ///
    /// # Errors
    /// Where there is none.
    pub fn new(topics: Vec<Topic>) -> Result<Self, TopicsError> {
        if topics.is_empty() {
            Err(TopicsError)
        } else {
            Ok(Self(topics.into()))
        }
    }

    /// The first one: what the event is mainly about.
    #[must_use]
    pub fn canonical(&self) -> &Topic {
        &self.0[0]
    }

    /// All of them, the canonical one first.
    pub fn iter(&self) -> core::slice::Iter<'_, Topic> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}
