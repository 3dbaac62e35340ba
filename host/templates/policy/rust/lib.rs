//! Who asks for a topic by its name gets what is about it. Who cannot keep up keeps the newest of each topic.

use std::collections::BTreeMap;

use umbel_guest::{Admission, Client, Event, Mailbox, Policy, Profile, Settings, Subscriber};
use umbel_guest::{Verdict, WhenFull};

/// What each client asks for.
#[derive(Default)]
struct ByName(BTreeMap<Client, Vec<String>>);

impl Policy for ByName {
    fn configure(_: Settings) -> Result<(Self, Profile), String> {
        Ok((Self::default(), Profile::new("{name}", "0.1.0")))
    }

    fn join(&mut self, subscribers: Vec<Subscriber>) -> Vec<Admission> {
        let when_full = WhenFull::Always(Verdict::Conflate);
        let join = |subscriber: Subscriber| {
            let names = subscriber.selectors.into_iter().map(|s| s.pattern);
            self.0.insert(subscriber.client, names.collect());
            Ok(Mailbox { when_full, ..Mailbox::default() })
        };
        subscribers.into_iter().map(join).collect()
    }

    fn leave(&mut self, clients: &[Client]) {
        self.0.retain(|client, _| !clients.contains(client));
    }

    fn route(&mut self, events: &[Event]) -> Vec<Vec<Client>> {
        let audience = |event: &Event| {
            let wanted = |names: &[String]| names.iter().any(|name| event.topics.contains(name));
            self.0.iter().filter(|(_, names)| wanted(names)).map(|(client, _)| *client).collect()
        };
        events.iter().map(audience).collect()
    }
}

umbel_guest::export_policy!(ByName);

#[cfg(test)]
mod tests {
    use umbel_guest::Selector;

    use super::*;

    fn asking(client: Client, topic: &str) -> Subscriber {
        let selector = Selector { matcher: "exact".into(), pattern: topic.into() };
        Subscriber {
            client,
            selectors: vec![selector],
            grants: vec![],
            claims: String::new(),
            attributes: vec![],
            joined_ms: 0,
        }
    }

    fn about(topic: &str) -> Event {
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

    #[test]
    fn an_event_is_for_those_who_asked_for_its_topic() {
        let settings = Settings { config: String::new(), seed: 1, facts: vec![] };
        let (mut policy, _) = ByName::configure(settings).unwrap();
        policy.join(vec![asking(0, "a"), asking(1, "b"), asking(2, "a")]);
        policy.leave(&[2]);
        assert_eq!(policy.route(&[about("a"), about("b"), about("c")]), [vec![0], vec![1], vec![]]);
    }
}
