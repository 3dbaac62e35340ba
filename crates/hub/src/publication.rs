//! What a publisher sent, and what may be put in its place.

use std::sync::Arc;

use umbel_event::{Event, Kind, Topic, Topics};
use umbel_routing::Replacement;
use umbel_selector::{Pattern, Selector};

use crate::LimitsConfig;

/// How many topics of the greatest length make up the greatest length of all the topics of an event.
const LONGEST_TOPICS_MAX: usize = 4;

/// Bytes that all topics of an event may have together, where one may have `topic_bytes_max`: bounds what it
/// costs to hold an event against selectors.
#[must_use]
pub const fn topics_bytes_max(topic_bytes_max: usize) -> usize {
    topic_bytes_max.saturating_mul(LONGEST_TOPICS_MAX)
}

/// Topics that are more in all than [`topics_bytes_max`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the topics have {len} bytes in all; the limit is {max} (4 times limits.topic-bytes)")]
pub struct TopicsTooLong {
    /// How many bytes they have.
    pub len: usize,
    /// How many they may have.
    pub max: usize,
}

impl TopicsTooLong {
    /// Whether an event may have all of these, where one may have `topic_bytes_max`.
    ///
    /// # Errors
    /// Where it may not.
    pub fn check(topics: &[Topic], topic_bytes_max: usize) -> Result<(), Self> {
        let max = topics_bytes_max(topic_bytes_max);
        let len = topics.iter().map(|topic| topic.as_str().len()).sum();
        if len > max {
            return Err(Self { len, max });
        }
        Ok(())
    }
}

/// What a publisher sent, verified.
#[derive(Clone, Debug)]
pub struct Publication {
    /// The event.
    pub event: Event,
    /// The claims of the publisher's token as JSON text; empty where it needed none.
    pub claims: Arc<str>,
    /// Topics that its token lets it publish to; none where it needed no token.
    pub grants: Option<Arc<[Selector]>>,
}

impl Publication {
    /// Whether the token lets it be published: each of its topics has to be granted (protocol item 56).
    pub fn is_granted(&self) -> bool {
        self.covers(&self.event.topics)
    }

    /// The event with what a filter put in its place, checked as if the publisher had sent that: the same
    /// limits, and the same token.
    ///
    /// # Errors
    /// What is wrong with it, in words for the publisher.
    pub(crate) fn replaced(
        &self,
        replacement: Replacement,
        limits: &LimitsConfig,
    ) -> Result<Event, String> {
        let Replacement { topics, kind, data } = replacement;
        if topics.len() > limits.topics_max {
            return Err(format!("it has more than {} topics", limits.topics_max));
        }
        let topic = |topic: &String| Topic::new(topic, limits.topic_bytes_max);
        let topics: Result<Vec<Topic>, _> = topics.iter().map(topic).collect();
        let topics = topics.map_err(|error| format!("a topic is wrong: {error}"))?;
        TopicsTooLong::check(&topics, limits.topic_bytes_max).map_err(|e| e.to_string())?;
        let topics = Topics::new(topics).map_err(|error| error.to_string())?;
        if !self.covers(&topics) {
            return Err("the token does not cover its topics".to_owned());
        }
        let kind = kind.map(|kind| Kind::new(&kind)).transpose();
        let kind = kind.map_err(|error| format!("its type is wrong: {error}"))?;
        if data.len() > limits.event_bytes_max {
            return Err(format!("it has more than {} bytes", limits.event_bytes_max));
        }
        if std::str::from_utf8(&data).is_err() {
            return Err("it is not UTF-8".to_owned());
        }
        Ok(Event {
            topics,
            kind,
            data: data.into(),
            ..self.event.clone()
        })
    }

    fn covers(&self, topics: &Topics) -> bool {
        let Some(grants) = &self.grants else {
            return true;
        };
        let patterns: Vec<Pattern> = grants.iter().map(Pattern::compile).collect();
        let granted = |topic: &Topic| patterns.iter().any(|p| p.matches(topic.as_str()));
        topics.iter().all(granted)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use umbel_event::{Event, EventId, Topic, Topics};
    use umbel_routing::Replacement;
    use umbel_selector::{Matcher, Selector};

    use super::Publication;
    use crate::LimitsConfig;

    fn publication(topics: &[&str], grants: Option<&[&str]>) -> Publication {
        let topics = topics.iter().map(|topic| Topic::new(topic, 100).unwrap());
        let selector = |text: &&str| Selector::new(Matcher::UriTemplate, text, 100).unwrap();
        Publication {
            event: Event {
                topics: Topics::new(topics.collect()).unwrap(),
                id: EventId::new("id").unwrap(),
                kind: None,
                retry_ms: None,
                private: false,
                accepted_ms: 0,
                data: Bytes::new(),
            },
            claims: Arc::from(""),
            grants: grants.map(|grants| grants.iter().map(selector).collect()),
        }
    }

    #[test]
    fn every_topic_of_an_event_must_be_granted() {
        for (topics, grants, granted) in [
            (&["a"][..], Some(&["a", "b"][..]), true),
            (&["b", "a"], Some(&["a", "b"]), true),
            (&["a", "c"], Some(&["a", "b"]), false),
            (&["a", "c"], Some(&["*"]), true),
            (&["a"], Some(&[]), false),
            (&["a", "c"], None, true),
        ] {
            let is_granted = publication(topics, grants).is_granted();
            assert_eq!(is_granted, granted, "{topics:?} {grants:?}");
        }
    }

    #[test]
    fn topics_that_a_filter_puts_in_place_may_not_be_too_long_in_all() {
        let limits = LimitsConfig {
            topics_max: 10,
            topic_bytes_max: 20,
            ..LimitsConfig::default()
        };
        for (count, fits) in [(4, true), (5, false)] {
            let replacement = Replacement {
                topics: vec!["x".repeat(20); count],
                kind: None,
                data: Vec::new(),
            };
            let replaced = publication(&["a"], None).replaced(replacement, &limits);
            assert_eq!(replaced.is_ok(), fits, "{replaced:?}");
        }
    }
}
