//! What the author of a policy implements who only wants to say who gets what.

use crate::{
    Admission, Client, Event, FullMailbox, Mailbox, Members, Settings, Subscriber, Verdict,
};

/// A policy that says who gets an event, and leaves to the SDK what it does not decide: keeping the members,
/// finding who asked for a topic, answering for what is logged.
///
/// Everything but [`Self::route`] has an answer of its own. [`crate::export_routing!`] makes a component of it,
/// under the name and the version of its package. Whether one member gets an event may depend on that member, the
/// event and what the policy remembers, not on who else is there; where it does, implement [`crate::Policy`].
pub trait Routing: Default + 'static {
    /// What it wants to be given beyond what every policy gets: `id`, `payload`, `claims`, `attributes`.
    const WANTS: &'static [&'static str] = &[];

    /// Matching languages of its own, which subscribers name as `match_NAME`: lower-case letters, digits and
    /// hyphens. Their selectors are the policy's to match: [`Members::asking_for`] does not know them.
    const MATCHERS: &'static [&'static str] = &[];

    /// Called once, before anything else. By itself the default, whatever the operator configured.
    ///
    /// # Errors
    /// What is wrong with the configuration, for the operator.
    fn configure(settings: &Settings) -> Result<Self, String> {
        let _ = settings;
        Ok(Self::default())
    }

    /// Whether this subscriber is let in, and with what mailbox. By itself lets everyone in, with the largest
    /// that the host allows, to be fed from the log where it is full.
    fn admit(&mut self, subscriber: &Subscriber) -> Admission {
        let _ = subscriber;
        Ok(Mailbox::default())
    }

    /// This member is gone; its handle may be used again. By itself nothing: `members` forgets it anyway.
    fn leave(&mut self, member: &Subscriber) {
        let _ = member;
    }

    /// Who gets the event, in any order; who is listed twice gets it once. For most policies that is [`Members::asking_for`] it, less some.
    ///
    /// Asked about live events, and again about logged ones for those who are fed: then `members` holds
    /// just these, so that it costs no more than they are worth.
    fn route(&mut self, event: &Event, members: &Members) -> Vec<Client>;

    /// Whether a member that is fed from the log, after a reconnection or since its mailbox was full, still gets
    /// an event that [`Self::route`] gives it. By itself it does.
    fn feeds(&mut self, member: &Subscriber, event: &Event) -> bool {
        let _ = (member, event);
        true
    }

    /// What happens at a full mailbox; asked only about those that were given [`Mailbox::asking`]. By itself lets
    /// everyone catch up, which loses nothing.
    ///
    /// `rest` is the batch from the event that does not fit to its end: the verdict holds for all of it.
    fn overflow(&mut self, full: &FullMailbox, rest: &[Event]) -> Verdict {
        let _ = (full, rest);
        Verdict::CatchUp
    }
}
