//! Records to build on.

use crate::{Event, Selector, Settings, Subscriber};

/// What an operator gives a component, with this configuration.
#[must_use]
pub fn settings(config: &str) -> Settings {
    Settings {
        config: config.into(),
        seed: 1,
        facts: vec![],
    }
}

/// A public event about `topic`, without a kind or a payload, accepted at 0.
#[must_use]
pub fn event(topic: &str) -> Event {
    Event {
        offset: 1,
        id: String::new(),
        topics: vec![topic.into()],
        kind: None,
        private: false,
        accepted_ms: 0,
        size: 0,
        data: None,
        attributes: vec![],
    }
}

/// An anonymous subscriber with this handle, who asks for nothing yet.
#[must_use]
pub fn subscriber(client: u32) -> Subscriber {
    Subscriber {
        client,
        selectors: vec![],
        grants: vec![],
        claims: String::new(),
        attributes: vec![],
        joined_ms: 0,
    }
}

/// For tests: the same, but for one thing.
impl Event {
    /// At this place of the log.
    #[must_use]
    pub fn at(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// About this topic as well.
    #[must_use]
    pub fn also_about(mut self, topic: &str) -> Self {
        self.topics.push(topic.into());
        self
    }

    /// Of this kind.
    #[must_use]
    pub fn of_kind(mut self, kind: &str) -> Self {
        self.kind = Some(kind.into());
        self
    }

    /// Accepted at this Unix time in milliseconds.
    #[must_use]
    pub fn accepted_at(mut self, unix_ms: u64) -> Self {
        self.accepted_ms = unix_ms;
        self
    }

    /// With this payload.
    #[must_use]
    pub fn with_data(mut self, data: &str) -> Self {
        self.size = u32::try_from(data.len()).unwrap_or(u32::MAX);
        self.data = Some(data.into());
        self
    }
}

/// For tests: the same, but for one thing.
impl Subscriber {
    /// Asking for these topics as well: `*`, a name or a URI template.
    #[must_use]
    pub fn asking(self, topics: &str) -> Self {
        self.asking_in("uri-template", topics)
    }

    /// Asking for what this pattern matches in that language, as well.
    #[must_use]
    pub fn asking_in(mut self, matcher: &str, pattern: &str) -> Self {
        self.selectors.push(Selector {
            matcher: matcher.into(),
            pattern: pattern.into(),
        });
        self
    }

    /// With a token that says this, as JSON.
    #[must_use]
    pub fn with_claims(mut self, claims: &str) -> Self {
        self.claims = claims.into();
        self
    }

    /// With this attribute as well.
    #[must_use]
    pub fn with_attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.into(), value.into()));
        self
    }
}
