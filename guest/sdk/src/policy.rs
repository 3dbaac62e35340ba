//! What a policy author implements.

use crate::defaults::Selections;
use crate::{Client, Event, FullMailbox, Mailbox, Profile, Refusal, Settings, Subscriber, Verdict};

/// The answer to one subscriber that wants to join.
pub type Admission = Result<Mailbox, Refusal>;

/// A routing and queueing policy, call by call as the contract has it: one tenant on one shard. Where all that is
/// to be said is who gets what, [`crate::Routing`] takes ten lines.
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
    /// By itself asks [`Self::route`], one event at a time, and turns its answers around, which is right for
    /// every policy whose routing depends on nothing but who is present. One that remembers what it
    /// routed, such as a round robin, must answer itself; so must one with large audiences, since all of an
    /// audience is gone through for the few who are fed. [`crate::Routing`] is spared that.
    fn select(&mut self, clients: &[Client], events: &[Event]) -> Vec<Vec<u32>> {
        let mut selections = Selections::of(clients);
        for (event, index) in events.iter().zip(0..) {
            for audience in self.route(core::slice::from_ref(event)) {
                selections.take(index, &audience);
            }
        }
        selections.finish()
    }

    /// One verdict for each full mailbox; asked only about mailboxes that were given
    /// [`crate::WhenFull::Ask`]. By itself lets everyone catch up, which loses nothing.
    fn overflow(&mut self, full: &[FullMailbox]) -> Vec<Verdict> {
        vec![Verdict::CatchUp; full.len()]
    }
}
