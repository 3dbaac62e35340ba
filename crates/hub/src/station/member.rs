//! What can sit in a [`super::seat::Seat`].

use umbel_routing::{Admission, Client, Dispatcher, Fault, Filter, SubscriberView};

/// An instance that is told who comes and goes.
pub(crate) trait Member {
    /// What it says of one who comes.
    type Answer;

    /// Whether it is to be told of anyone at all.
    fn wants_company(&self) -> bool {
        true
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Self::Answer>, Fault>;

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault>;

    fn memory_bytes(&self) -> u64;
}

impl Member for Box<dyn Dispatcher> {
    type Answer = Admission;

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        (**self).join(subscribers)
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        (**self).leave(clients)
    }

    fn memory_bytes(&self) -> u64 {
        (**self).memory_bytes()
    }
}

impl Member for Box<dyn Filter> {
    type Answer = ();

    fn wants_company(&self) -> bool {
        self.parts().views
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<()>, Fault> {
        (**self).join(subscribers)?;
        Ok(vec![(); subscribers.len()])
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        (**self).leave(clients)
    }

    fn memory_bytes(&self) -> u64 {
        (**self).memory_bytes()
    }
}
