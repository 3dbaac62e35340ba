//! The adapter.

use umbel_guest::{Admission, Event, FullMailbox, Policy, Profile, Settings, Subscriber, Verdict};
use umbel_routing::{Client, Dispatcher, Fault, Router};

use crate::events::EventBatch;
use crate::records;
use crate::subscribers::SubscriberBatch;

/// The router behind the records of the contract.
pub(crate) struct DefaultPolicy {
    router: Router,
}

impl Policy for DefaultPolicy {
    fn configure(settings: Settings) -> Result<(Self, Profile), String> {
        let router = Router::configure(&records::settings(settings))?;
        let profile = records::profile(router.profile());
        Ok((Self { router }, profile))
    }

    fn join(&mut self, subscribers: Vec<Subscriber>) -> Vec<Admission> {
        let batch = SubscriberBatch::new(&subscribers);
        let admissions = answered(self.router.join(&batch.views()));
        admissions.into_iter().map(records::admission).collect()
    }

    fn leave(&mut self, clients: &[u32]) {
        answered(self.router.leave(&handles(clients)));
    }

    fn route(&mut self, events: &[Event]) -> Vec<Vec<u32>> {
        let batch = EventBatch::new(events);
        let audiences = answered(self.router.route(&batch.views()));
        // Both collect in place: the lists that the router built are the lists that the host reads.
        audiences
            .into_iter()
            .map(|audience| audience.into_iter().map(|c| c.0).collect())
            .collect()
    }

    fn select(&mut self, clients: &[u32], events: &[Event]) -> Vec<Vec<u32>> {
        let batch = EventBatch::new(events);
        answered(self.router.select(&handles(clients), &batch.views()))
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Vec<Verdict> {
        let full: Vec<_> = full.iter().map(records::full_mailbox).collect();
        answered(self.router.overflow(&full))
            .into_iter()
            .map(records::verdict)
            .collect()
    }
}

fn handles(clients: &[u32]) -> Vec<Client> {
    clients.iter().copied().map(Client).collect()
}

/// Only an instance behind a boundary can fail to answer; here there is none.
fn answered<T>(answer: Result<T, Fault>) -> T {
    answer.unwrap_or_else(|fault| panic!("the router never fails, but: {fault}"))
}
