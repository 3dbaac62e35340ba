//! What the author of a filter implements.

use crate::{Client, Decision, Event, Profile, Publication, Settings, Subscriber, View};

/// A tenant's say over what is published: asked once for each event, before it is logged.
///
/// An instance that fails costs the publisher an answer with 503, unless the operator lets publications
/// pass then.
pub trait PublishFilter: Sized + 'static {
    /// Called once, before anything else: the filter, and what it says of itself. Wants `payload` to
    /// see what is published, `claims` to see who publishes.
    ///
    /// # Errors
    /// What is wrong with the configuration, for the operator.
    fn configure(settings: Settings) -> Result<(Self, Profile), String>;

    /// What becomes of one publication. A replacement is checked by the host as if the publisher had
    /// sent it, its token included.
    fn decide(&mut self, publication: &Publication) -> Decision;

    /// One decision for each publication, in order. By itself asks [`Self::decide`] about each.
    fn admit(&mut self, publications: &[Publication]) -> Vec<Decision> {
        publications.iter().map(|p| self.decide(p)).collect()
    }
}

/// A tenant's say over what each subscriber sees of an event that is for it: live, replayed and caught up
/// alike. It can leave subscribers out and rewrite payloads, but never add anyone.
///
/// What it fails on, nobody gets; those concerned are told of the gap.
pub trait ViewFilter: Sized + 'static {
    /// Called once, before anything else: the filter, and what it says of itself. Wants `payload` to
    /// rewrite what is published, `claims` or `attributes` to know who sees it.
    ///
    /// # Errors
    /// What is wrong with the configuration, for the operator.
    fn configure(settings: Settings) -> Result<(Self, Profile), String>;

    /// These subscribers are there from now on. By itself forgets them at once, which is right for a
    /// filter that shows the same to all. The records are given away, so that their texts may be kept
    /// without a copy.
    fn join(&mut self, subscribers: Vec<Subscriber>) {
        drop(subscribers);
    }

    /// These subscribers are gone; their handles may be used again after this call.
    fn leave(&mut self, clients: &[Client]) {
        let _ = clients;
    }

    /// Who of `audience` sees the event, and how: at most 64 views. Whoever is in none of them gets
    /// nothing, whoever is in several gets the first.
    fn view(&mut self, event: &Event, audience: &[Client]) -> Vec<View>;

    /// The views of each event, in order. By itself asks [`Self::view`] about each.
    fn tailor(&mut self, events: &[Event], audiences: &[Vec<Client>]) -> Vec<Vec<View>> {
        let each = events.iter().zip(audiences);
        each.map(|(event, audience)| self.view(event, audience))
            .collect()
    }
}

impl View {
    /// The event as it was published, for `clients`.
    #[must_use]
    pub fn as_published(clients: Vec<Client>) -> Self {
        Self {
            clients,
            data: None,
        }
    }

    /// The event with another payload, for `clients`.
    #[must_use]
    pub fn rewritten(clients: Vec<Client>, data: Vec<u8>) -> Self {
        Self {
            clients,
            data: Some(data),
        }
    }
}
