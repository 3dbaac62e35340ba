//! The seam: whoever decides who gets what.

use crate::{Client, EventView, Fault, FullMailbox, MailboxBounds, Profile, Refusal};
use crate::{SubscriberView, Verdict};

/// The answer to one subscriber that wants to join.
pub type Admission = Result<MailboxBounds, Refusal>;

/// What the operator and the host give a policy before anything else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Free text: the operator's configuration.
    pub config: String,
    /// For keyed hashing: topics are chosen by strangers.
    pub seed: u64,
    /// What the host says of itself, as name and value.
    pub facts: Vec<(String, String)>,
}

/// A configured policy: one tenant on one shard. An implementation promises one answer for each thing
/// asked, in order (a component that answers otherwise is a [`Fault`]); it promises nothing about the
/// handles in an audience, which the hub checks itself.
///
/// After any `Err` the instance is not called again.
pub trait Dispatcher: Send {
    /// What it said of itself when it was configured.
    fn profile(&self) -> &Profile;

    /// One answer for each subscriber, in order. A refused one is not joined and gets no `leave`.
    ///
    /// # Errors
    /// Where the call failed; none of the subscribers counts as joined.
    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault>;

    /// These subscribers are gone.
    ///
    /// # Errors
    /// Where the call failed.
    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault>;

    /// The audience of each event, in order; the order within an audience means nothing.
    ///
    /// # Errors
    /// Where the call failed; nothing was routed.
    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Client>>, Fault>;

    /// For each client, which of these logged events it may have, as ascending indexes below
    /// `events.len()`. Agrees with [`Self::route`].
    ///
    /// # Errors
    /// Where the call failed.
    fn select(
        &mut self,
        clients: &[Client],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault>;

    /// One verdict for each full mailbox, in order.
    ///
    /// # Errors
    /// Where the call failed.
    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault>;

    /// Bytes of memory that the policy holds for itself; 0 where it is not known.
    fn memory_bytes(&self) -> u64 {
        0
    }
}

/// Makes configured policies, one for each shard, and again after a fault.
pub trait DispatcherFactory: Send + Sync {
    /// A new instance, configured.
    ///
    /// # Errors
    /// Where there is no room for it, it cannot be built, or it refuses its configuration.
    fn create(&self) -> Result<Box<dyn Dispatcher>, Fault>;

    /// What it configures them with.
    fn settings(&self) -> &Settings;
}
