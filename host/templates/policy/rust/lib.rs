//! Everything that subscribers ask for is theirs. Who cannot keep up keeps the newest of each topic.

use umbel_guest::{Admission, Client, Event, Mailbox, Members, Routing, Subscriber, Verdict};

#[derive(Default)]
struct Newest;

impl Routing for Newest {
    fn admit(&mut self, _: &Subscriber) -> Admission {
        Ok(Mailbox::always(Verdict::Conflate))
    }

    fn route(&mut self, event: &Event, members: &Members) -> Vec<Client> {
        members.asking_for(event)
    }
}

umbel_guest::export_routing!(Newest);

#[cfg(test)]
mod tests {
    use umbel_guest::testing::{Instance, event, subscriber};

    use super::Newest;

    #[test]
    fn an_event_is_for_those_who_asked_for_its_topic() {
        let mut policy = Instance::<Newest>::new("");
        policy.join(subscriber(0).asking("a")).unwrap();
        policy.join(subscriber(1).asking("*")).unwrap();
        assert_eq!(policy.route(&event("a")), [0, 1]);
        assert_eq!(policy.route(&event("b")), [1]);
    }
}
