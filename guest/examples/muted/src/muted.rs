//! The layer.

use std::borrow::Cow;

use umbel_guest::{
    Admission, Client, Event, FullMailbox, Policy, Profile, Settings, Subscriber, Verdict,
};

/// The key of a line that is the layer's own.
const KEY: &str = "mute";

/// Mutes kinds of events: nobody gets them, live or replayed. Everything else is for the policy behind it to say.
pub(crate) struct Muted<P> {
    kinds: Vec<String>,
    policy: P,
}

impl<P: Policy> Policy for Muted<P> {
    fn configure(mut settings: Settings) -> Result<(Self, Profile), String> {
        let kinds = take_kinds(&mut settings.config)?;
        let (policy, mut profile) = P::configure(settings)?;
        profile.name += " (muted)";
        Ok((Self { kinds, policy }, profile))
    }

    fn join(&mut self, subscribers: Vec<Subscriber>) -> Vec<Admission> {
        self.policy.join(subscribers)
    }

    fn leave(&mut self, clients: &[Client]) {
        self.policy.leave(clients);
    }

    fn route(&mut self, events: &[Event]) -> Vec<Vec<Client>> {
        let (heard, places) = self.heard(events);
        let mut audiences = vec![Vec::new(); events.len()];
        for (place, audience) in places.iter().zip(self.policy.route(&heard)) {
            audiences[*place as usize] = audience;
        }
        audiences
    }

    fn select(&mut self, clients: &[Client], events: &[Event]) -> Vec<Vec<u32>> {
        let (heard, places) = self.heard(events);
        let mut selections = self.policy.select(clients, &heard);
        for index in selections.iter_mut().flatten() {
            *index = places[*index as usize];
        }
        selections
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Vec<Verdict> {
        self.policy.overflow(full)
    }
}

impl<P> Muted<P> {
    #[cfg(test)]
    pub(crate) fn policy(&self) -> &P {
        &self.policy
    }

    /// The events that are not muted, copied only where some are, and the place of each.
    fn heard<'e>(&self, events: &'e [Event]) -> (Cow<'e, [Event]>, Vec<u32>) {
        let is_heard = |event: &Event| {
            let kind = event.kind.as_ref();
            !kind.is_some_and(|kind| self.kinds.contains(kind))
        };
        let places: Vec<u32> = (0..)
            .zip(events)
            .filter(|(_, e)| is_heard(e))
            .map(|(n, _)| n)
            .collect();
        if places.len() == events.len() {
            return (events.into(), places);
        }
        let heard = places.iter().map(|n| events[*n as usize].clone()).collect();
        (Cow::Owned(heard), places)
    }
}

/// Takes the layer's own lines out of a configuration.
fn take_kinds(config: &mut String) -> Result<Vec<String>, String> {
    let mut kinds = Vec::new();
    let mut rest = String::new();
    for line in config.lines() {
        match line.split_once('=') {
            Some((key, kind)) if key.trim() == KEY => match kind.trim() {
                "" => return Err(format!("{KEY}: a kind of events is missing")),
                kind => kinds.push(kind.to_owned()),
            },
            _ => rest = rest + line + "\n",
        }
    }
    *config = rest;
    Ok(kinds)
}
