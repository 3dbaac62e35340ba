//! A batch of subscribers as the router sees it.

use umbel_guest::Subscriber;
use umbel_routing::{Client, SubscriberView};
use umbel_selector::{Matcher, Selector};

use crate::events::take;

/// The subscribers of one call, with the selectors that their views point into: what each asked for,
/// then what it is granted.
pub(crate) struct SubscriberBatch<'a> {
    subscribers: &'a [Subscriber],
    selectors: Vec<Selector>,
}

impl<'a> SubscriberBatch<'a> {
    pub(crate) fn new(subscribers: &'a [Subscriber]) -> Self {
        let records = subscribers
            .iter()
            .flat_map(|s| s.selectors.iter().chain(&s.grants));
        Self {
            subscribers,
            selectors: records.map(selector).collect(),
        }
    }

    pub(crate) fn views(&self) -> Vec<SubscriberView<'_>> {
        let mut selectors = &self.selectors[..];
        let view = |subscriber| {
            let subscriber: &Subscriber = subscriber;
            SubscriberView {
                client: Client(subscriber.client),
                selectors: take(&mut selectors, subscriber.selectors.len()),
                grants: take(&mut selectors, subscriber.grants.len()),
                claims: &subscriber.claims,
                attributes: &subscriber.attributes,
                joined_ms: subscriber.joined_ms,
            }
        };
        self.subscribers.iter().map(view).collect()
    }
}

fn selector(record: &umbel_guest::Selector) -> Selector {
    Selector::trusted(Matcher::named(&record.matcher), &record.pattern)
}
