//! The policy.

use umbel_guest::{Admission, Client, Event, Mailbox, Members, Routing, Subscriber, Verdict};

/// Each symbol is a topic, and of what waits for a slow subscriber the newest of each symbol counts.
#[derive(Default)]
pub(crate) struct LatestPrice;

impl Routing for LatestPrice {
    fn admit(&mut self, _: &Subscriber) -> Admission {
        Ok(Mailbox::always(Verdict::Conflate))
    }

    fn route(&mut self, price: &Event, members: &Members) -> Vec<Client> {
        members.asking_for(price)
    }
}
