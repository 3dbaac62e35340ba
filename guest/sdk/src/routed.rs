//! A [`Routing`] with all that the contract asks of a policy beyond it.

use crate::defaults::Selections;
use crate::{
    Admission, Client, Event, FullMailbox, Mailbox, Members, Routing, Settings, Subscriber,
    Verdict, WhenFull,
};

/// The rules, who is present, and what was routed last.
pub struct Routed<R> {
    rules: R,
    members: Members,
    /// Whether a mailbox may be asked about.
    asks: bool,
    /// What was routed last, where a mailbox may be asked about: by ascending offset.
    batch: Vec<Event>,
}

impl<R: Routing> Routed<R> {
    pub(crate) fn configure(settings: &Settings) -> Result<Self, String> {
        Ok(Self {
            rules: R::configure(settings)?,
            members: Members::new(settings.seed),
            asks: false,
            batch: Vec::new(),
        })
    }

    pub(crate) fn join(&mut self, subscribers: Vec<Subscriber>) -> Vec<Admission> {
        subscribers.into_iter().map(|s| self.admit(s)).collect()
    }

    fn admit(&mut self, subscriber: Subscriber) -> Admission {
        let mailbox: Mailbox = self.rules.admit(&subscriber)?;
        self.members.enter(subscriber)?;
        self.asks |= mailbox.when_full == WhenFull::Ask;
        Ok(mailbox)
    }

    pub(crate) fn leave(&mut self, clients: &[Client]) {
        for member in clients.iter().filter_map(|c| self.members.leave(*c)) {
            self.rules.leave(&member);
        }
    }

    pub(crate) fn route(&mut self, events: Vec<Event>) -> Vec<Vec<Client>> {
        let route = |event| self.rules.route(event, &self.members);
        let audiences = events.iter().map(route).collect();
        if self.asks {
            self.batch = events;
        }
        audiences
    }

    pub(crate) fn select(&mut self, clients: &[Client], events: &[Event]) -> Vec<Vec<u32>> {
        self.members.narrow(clients);
        let mut selections = Selections::of(clients);
        for (event, index) in events.iter().zip(0..) {
            let mut audience = self.rules.route(event, &self.members);
            audience.retain(|client| {
                let member = self.members.get(*client);
                member.is_some_and(|member| self.rules.feeds(member, event))
            });
            selections.take(index, &audience);
        }
        self.members.widen();
        selections.finish()
    }

    pub(crate) fn overflow(&mut self, full: &[FullMailbox]) -> Vec<Verdict> {
        let verdict = |full: &FullMailbox| {
            let first = self.batch.partition_point(|e| e.offset < full.offset);
            self.rules.overflow(full, &self.batch[first..])
        };
        full.iter().map(verdict).collect()
    }

    #[cfg(test)]
    pub(crate) fn rules(&self) -> &R {
        &self.rules
    }
}
