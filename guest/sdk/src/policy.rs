//! What a policy author implements.

use crate::{Client, Event, FullMailbox, Mailbox, Profile, Refusal, Settings, Subscriber, Verdict};

/// The answer to one subscriber that wants to join.
pub type Admission = Result<Mailbox, Refusal>;

/// A routing and queueing policy: one tenant on one shard.
///
/// Every answer has one element for each thing asked, in order; the host replaces an instance that answers
/// otherwise. Topics, claims and attributes are chosen by strangers: hash them with `Settings::seed`.
pub trait Policy: Sized + 'static {
    /// Called once, before anything else: the policy, and what it says of itself.
    ///
    /// # Errors
    /// What is wrong with the configuration, for the operator.
    fn configure(settings: Settings) -> Result<(Self, Profile), String>;

    /// One answer for each subscriber. A refused one is not joined and gets no `leave`. The records are
    /// given away, so that a policy may keep their texts without a copy.
    fn join(&mut self, subscribers: Vec<Subscriber>) -> Vec<Admission>;

    /// These subscribers are gone; their handles may be used again after this call.
    fn leave(&mut self, clients: &[Client]);

    /// The audience of each event; the order within an audience means nothing.
    fn route(&mut self, events: &[Event]) -> Vec<Vec<Client>>;

    /// For each client, which of these logged events it may have, as ascending indexes into `events`.
    ///
    /// By itself asks [`Self::route`] and turns its answer around, which is right for every policy whose
    /// routing depends on nothing but who is present. One that remembers what it routed, such as a
    /// round robin, must answer itself.
    fn select(&mut self, clients: &[Client], events: &[Event]) -> Vec<Vec<u32>> {
        crate::defaults::select(&self.route(events), clients)
    }

    /// One verdict for each full mailbox; asked only about mailboxes that were given
    /// [`crate::WhenFull::Ask`]. By itself lets everyone catch up, which loses nothing.
    fn overflow(&mut self, full: &[FullMailbox]) -> Vec<Verdict> {
        vec![Verdict::CatchUp; full.len()]
    }
}
