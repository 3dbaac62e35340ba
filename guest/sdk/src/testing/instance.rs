//! An instance of a policy as the host would have it.

use super::settings;
use crate::routed::Routed;
use crate::{Admission, Client, Event, FullMailbox, Routing, Subscriber, Verdict};

/// A configured instance of the policy `R`, called as the host calls it.
pub struct Instance<R> {
    policy: Routed<R>,
}

impl<R: Routing> Instance<R> {
    /// An instance that takes this configuration.
    ///
    /// # Panics
    /// Where it is refused.
    #[must_use]
    pub fn new(config: &str) -> Self {
        Self::configured(config).unwrap_or_else(|why| panic!("{config:?} is refused: {why}"))
    }

    /// An instance with this configuration.
    ///
    /// # Errors
    /// What the policy has against it.
    pub fn configured(config: &str) -> Result<Self, String> {
        let policy = Routed::configure(&settings(config))?;
        Ok(Self { policy })
    }

    /// What a subscriber is answered that wants to join.
    ///
    /// # Errors
    /// Where it is not let in.
    pub fn join(&mut self, subscriber: Subscriber) -> Admission {
        self.policy.join(vec![subscriber]).remove(0)
    }

    /// The member is gone.
    pub fn leave(&mut self, client: Client) {
        self.policy.leave(&[client]);
    }

    /// Who gets an event that comes alone, ascending and once.
    #[must_use]
    pub fn route(&mut self, event: &Event) -> Vec<Client> {
        self.route_batch(std::slice::from_ref(event)).remove(0)
    }

    /// Who gets each event of a batch, ascending and once.
    pub fn route_batch(&mut self, events: &[Event]) -> Vec<Vec<Client>> {
        let mut audiences = self.policy.route(events.to_vec());
        for audience in &mut audiences {
            audience.sort_unstable();
            audience.dedup();
        }
        audiences
    }

    /// Which of these logged events a member gets, as ascending indexes.
    #[must_use]
    pub fn select(&mut self, client: Client, events: &[Event]) -> Vec<u32> {
        self.policy.select(&[client], events).remove(0)
    }

    /// What happens where the event at `offset`, one of the batch routed last, does not fit into the mailbox of
    /// a member.
    #[must_use]
    pub fn overflow(&mut self, client: Client, offset: u64) -> Verdict {
        let full = FullMailbox {
            client,
            offset,
            events: 1,
            bytes: 1,
            oldest_ms: 1,
        };
        self.policy.overflow(&[full]).remove(0)
    }
}
