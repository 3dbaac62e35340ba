//! Who is present.

use std::cell::RefCell;
use std::collections::BTreeMap;

use umbel_event::Offset;
use umbel_routing::{Dispatcher, EventView, Router, SubscriberView};
use umbel_selector::{Matcher, Selector};

use crate::{Client, Event, Refusal, Subscriber};

/// Who is present, with what they asked for and what is known of them.
///
/// While a policy is asked about logged events, it holds those whom they are for and nobody else.
pub struct Members {
    /// The index of the default policy: it keeps no text twice that two members ask for.
    index: RefCell<Router>,
    present: BTreeMap<Client, Subscriber>,
    /// Ascending; none while everyone counts.
    narrowed: Option<Vec<Client>>,
}

impl Members {
    pub(crate) fn new(seed: u64) -> Self {
        let settings = umbel_routing::Settings {
            seed,
            ..Default::default()
        };
        let index = Router::configure(&settings).expect("an empty configuration is one");
        Self {
            index: RefCell::new(index),
            present: BTreeMap::new(),
            narrowed: None,
        }
    }

    /// Those who asked for one of the topics of `event`: with `*`, its name, or a URI template. Once each.
    #[must_use]
    pub fn asking_for(&self, event: &Event) -> Vec<Client> {
        let topics: Vec<&str> = event.topics.iter().map(String::as_str).collect();
        let event = [view(event, &topics)];
        let mut index = self.index.borrow_mut();
        let Some(clients) = &self.narrowed else {
            let audiences = index.route(&event).expect("the router never fails");
            let audience = audiences.into_iter().next().unwrap_or_default();
            return audience.into_iter().map(|client| client.0).collect();
        };
        let handles: Vec<_> = clients.iter().copied().map(umbel_routing::Client).collect();
        let selected = index.select(&handles, &event);
        let selected = selected.expect("the router never fails");
        let each = clients.iter().zip(selected);
        each.filter(|(_, events)| !events.is_empty())
            .map(|(client, _)| *client)
            .collect()
    }

    /// All of them, by their handles.
    pub fn iter(&self) -> impl Iterator<Item = &Subscriber> {
        let everyone = self.narrowed.is_none().then(|| self.present.values());
        let some = self.narrowed.iter().flatten();
        let some = some.filter_map(|client| self.present.get(client));
        everyone.into_iter().flatten().chain(some)
    }

    /// The handles of all of them, ascending.
    #[must_use]
    pub fn all(&self) -> Vec<Client> {
        self.iter().map(|member| member.client).collect()
    }

    /// The member with this handle.
    #[must_use]
    pub fn get(&self, client: Client) -> Option<&Subscriber> {
        let counts = |narrowed: &Vec<Client>| narrowed.binary_search(&client).is_ok();
        let counts = self.narrowed.as_ref().is_none_or(counts);
        self.present.get(&client).filter(|_| counts)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.narrowed {
            None => self.present.len(),
            Some(_) => self.iter().count(),
        }
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    pub(crate) fn enter(&mut self, subscriber: Subscriber) -> Result<(), Refusal> {
        let selector = |s: &crate::Selector| {
            let matcher = Matcher::named(&s.matcher);
            Selector::trusted(matcher, &s.pattern)
        };
        let selectors: Vec<_> = subscriber.selectors.iter().map(selector).collect();
        let view = SubscriberView {
            client: umbel_routing::Client(subscriber.client),
            selectors: &selectors,
            grants: &[],
            claims: "",
            attributes: &[],
            joined_ms: subscriber.joined_ms,
        };
        let joined = self.index.get_mut().join(&[view]);
        let joined = joined.expect("the router never fails").remove(0);
        joined.map_err(|refusal| Refusal {
            reason: refusal.reason,
            retry_ms: refusal.retry_ms,
        })?;
        self.present.insert(subscriber.client, subscriber);
        Ok(())
    }

    pub(crate) fn leave(&mut self, client: Client) -> Option<Subscriber> {
        let left = self.index.get_mut().leave(&[umbel_routing::Client(client)]);
        left.expect("the router never fails");
        self.present.remove(&client)
    }

    /// Lets nobody count but `clients`, until [`Self::widen`].
    pub(crate) fn narrow(&mut self, clients: &[Client]) {
        let mut clients = clients.to_vec();
        clients.sort_unstable();
        clients.dedup();
        self.narrowed = Some(clients);
    }

    pub(crate) fn widen(&mut self) {
        self.narrowed = None;
    }
}

/// What the index looks at.
fn view<'a>(event: &'a Event, topics: &'a [&'a str]) -> EventView<'a> {
    EventView {
        offset: Offset(event.offset),
        id: "",
        topics,
        kind: event.kind.as_deref(),
        private: event.private,
        accepted_ms: event.accepted_ms,
        size: event.size,
        data: None,
        attributes: &[],
    }
}
