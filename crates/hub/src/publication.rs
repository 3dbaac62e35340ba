//! What a publisher sent, and what may be put in its place.

use std::sync::Arc;

use umbel_event::{Event, Kind, Topic, Topics};
use umbel_routing::Replacement;
use umbel_selector::{Pattern, Selector};

use crate::LimitsConfig;

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

    /// Every topic has to be granted (checklist item 56).
    fn covers(&self, topics: &Topics) -> bool {
        let Some(grants) = &self.grants else {
            return true;
        };
        let patterns: Vec<Pattern> = grants.iter().map(Pattern::compile).collect();
        let granted = |topic: &Topic| patterns.iter().any(|p| p.matches(topic.as_str()));
        topics.iter().all(granted)
    }
}
