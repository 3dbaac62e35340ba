//! The seam of a tenant's filter: its say over what is published, and over what each subscriber sees.

use crate::{Client, EventView, Fault, Profile, SubscriberView};

/// Views of one event at most; more are a fault.
pub const VIEWS_MAX: usize = 64;

/// Which interfaces of the contract a filter has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FilterParts {
    /// `admission`: asked about each publication before it is logged.
    pub admission: bool,
    /// `views`: splits the audience of each event by what they get.
    pub views: bool,
}

/// One publication, as a filter is asked about it.
#[derive(Clone, Copy, Debug)]
pub struct PublicationView<'a> {
    /// The event; its offset is 0, since it is not logged yet.
    pub event: EventView<'a>,
    /// The claims of the publisher's verified token as JSON text; empty where there was none.
    pub claims: &'a str,
}

/// What becomes of a publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is logged as it is.
    Pass,
    /// It is not; the publisher is shown why.
    Refuse(String),
    /// This is logged instead, once the hub has checked it as if the publisher had sent it.
    Replace(Replacement),
}

/// What is to be logged instead of a publication; not validated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The canonical topic first.
    pub topics: Vec<String>,
    /// The SSE type.
    pub kind: Option<String>,
    /// The payload.
    pub data: Vec<u8>,
}

/// Some of an event's audience, and what they get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Who. The hub ignores whoever is not in the audience, or in an earlier view.
    pub clients: Vec<Client>,
    /// Their payload, not validated; none: the one that was published.
    pub data: Option<Vec<u8>>,
}

/// A configured filter: one tenant on one shard. After any `Err` the instance is not called again.
pub trait Filter: Send {
    /// What it has; the other functions are not called.
    fn parts(&self) -> FilterParts;

    /// What it said of itself when it was configured, where it said anything. A filter with both
    /// interfaces says it twice: this is what `admission` said.
    fn profile(&self) -> Option<&Profile> {
        None
    }

    /// One decision for each publication, in order.
    ///
    /// # Errors
    /// Where the call failed; nothing was decided.
    fn admit(&mut self, publications: &[PublicationView<'_>]) -> Result<Vec<Decision>, Fault>;

    /// These subscribers are there from now on.
    ///
    /// # Errors
    /// Where the call failed; none of them counts as joined.
    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<(), Fault>;

    /// These subscribers are gone.
    ///
    /// # Errors
    /// Where the call failed.
    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault>;

    /// At most [`VIEWS_MAX`] views of each event, in order.
    ///
    /// # Errors
    /// Where the call failed; nobody may see these events.
    fn tailor(
        &mut self,
        events: &[EventView<'_>],
        audiences: &[Vec<Client>],
    ) -> Result<Vec<Vec<View>>, Fault>;

    /// Bytes of memory that the filter holds for itself; 0 where it is not known.
    fn memory_bytes(&self) -> u64 {
        0
    }
}

/// Makes configured filters, one for each shard, and again after a fault.
pub trait FilterFactory: Send + Sync {
    /// What the filters that it makes have.
    fn parts(&self) -> FilterParts;

    /// A new instance, configured.
    ///
    /// # Errors
    /// Where there is no room for it, it cannot be built, or it refuses its configuration.
    fn create(&self) -> Result<Box<dyn Filter>, Fault>;
}
