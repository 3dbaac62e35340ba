//! The rules of the default policy in their plainest form.

use umbel_selector::Pattern;

use crate::router::RouterSettings;
use crate::{Admission, Client, Dispatcher, EventView, Fault, FullMailbox, Profile, Refusal};
use crate::{Router, Settings, SubscriberView, Verdict};

/// The rules of the default policy in their plainest form: a list of subscribers, and every one of
/// their patterns is matched against every topic. What [`Router`] is held to.
pub struct Plain {
    profile: Profile,
    settings: RouterSettings,
    subscribers: Vec<(Client, Vec<Pattern>)>,
}

impl Plain {
    /// As `settings` describe it.
    ///
    /// # Errors
    /// As [`Router::configure`].
    pub fn configure(settings: &Settings) -> Result<Self, String> {
        let profile = Router::configure(settings)?.profile().clone();
        let settings = RouterSettings::parse(&settings.config)?;
        Ok(Self {
            profile,
            settings,
            subscribers: Vec::new(),
        })
    }

    fn admit(&mut self, subscriber: &SubscriberView<'_>) -> Admission {
        if subscriber.client.0 >= Router::CLIENTS_MAX {
            return Err(Refusal {
                reason: "too many subscribers".to_owned(),
                retry_ms: None,
            });
        }
        self.remove(subscriber.client);
        let patterns = subscriber.selectors.iter().map(Pattern::compile).collect();
        self.subscribers.push((subscriber.client, patterns));
        Ok(self.settings.bounds)
    }

    fn remove(&mut self, client: Client) {
        self.subscribers.retain(|(other, _)| *other != client);
    }

    fn audience(&self, event: &EventView<'_>) -> Vec<Client> {
        let getting = self
            .subscribers
            .iter()
            .filter(|(_, patterns)| gets(patterns, event));
        getting.map(|(client, _)| *client).collect()
    }

    fn selection(&self, client: Client, events: &[EventView<'_>]) -> Vec<u32> {
        let known = self.subscribers.iter().find(|(other, _)| *other == client);
        let patterns = known.map_or(&[][..], |(_, patterns)| patterns);
        (0..)
            .zip(events)
            .filter(|(_, event)| gets(patterns, event))
            .map(|(i, _)| i)
            .collect()
    }
}

impl Dispatcher for Plain {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        Ok(subscribers.iter().map(|s| self.admit(s)).collect())
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        clients.iter().for_each(|client| self.remove(*client));
        Ok(())
    }

    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Client>>, Fault> {
        Ok(events.iter().map(|event| self.audience(event)).collect())
    }

    fn select(
        &mut self,
        clients: &[Client],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault> {
        Ok(clients
            .iter()
            .map(|client| self.selection(*client, events))
            .collect())
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        Ok(vec![self.settings.overflow; full.len()])
    }
}

fn gets(patterns: &[Pattern], event: &EventView<'_>) -> bool {
    event
        .topics
        .iter()
        .any(|topic| patterns.iter().any(|pattern| pattern.matches(topic)))
}
