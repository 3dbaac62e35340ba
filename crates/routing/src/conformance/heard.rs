//! Calls that were listened to, as steps.

use umbel_selector::Selector;

use super::answer::verdicts;
use super::{Answer, Event, Full, Joiner, Spelling, Step};
use crate::{Answered, Call, Client, EventView, FullMailbox, SubscriberView};

impl Step {
    /// A call that was listened to, and what was answered where that is known. Audiences are as they
    /// came: [`Answer::settled`] makes decisions of them, in its own time.
    #[must_use]
    pub fn heard(call: &Call<'_>) -> (Self, Option<Answer>) {
        match *call {
            Call::Configure(settings) => {
                let step = Self::Configure {
                    config: settings.config.clone(),
                    seed: settings.seed,
                    facts: settings.facts.clone(),
                };
                (step, Some(Answer::Configured(true)))
            }
            Call::Present(present) => (join(present), None),
            Call::Join(newcomers, answered) => {
                let entries = |all: &[crate::Admission]| {
                    Answer::Admissions(all.iter().cloned().map(Into::into).collect())
                };
                (join(newcomers), Some(answer(answered, entries)))
            }
            Call::Leave(clients) => {
                let clients = handles(clients);
                (Self::Leave { clients }, Some(Answer::Left))
            }
            Call::Route(events, answered) => {
                let step = Self::Route {
                    events: owned(events),
                };
                let audiences = |all: &[Vec<Client>]| {
                    Answer::Audiences(all.iter().map(|audience| handles(audience)).collect())
                };
                (step, Some(answer(answered, audiences)))
            }
            Call::Select(clients, events, answered) => {
                let step = Self::Select {
                    clients: handles(clients),
                    events: owned(events),
                };
                let selections = |all: &[Vec<u32>]| Answer::Selections(all.to_vec());
                (step, Some(answer(answered, selections)))
            }
            Call::Overflow(full, answered) => {
                let full = full.iter().map(Into::into).collect();
                (Self::Overflow { full }, Some(answer(answered, verdicts)))
            }
        }
    }
}

impl Answer {
    /// It as a decision: each audience ascending, each client once.
    #[must_use]
    pub fn settled(mut self) -> Self {
        if let Self::Audiences(audiences) = &mut self {
            for audience in audiences {
                audience.sort_unstable();
                audience.dedup();
            }
        }
        self
    }
}

impl From<&SubscriberView<'_>> for Joiner {
    fn from(subscriber: &SubscriberView<'_>) -> Self {
        Self {
            client: subscriber.client.0,
            selectors: spelled(subscriber.selectors),
            grants: spelled(subscriber.grants),
            claims: subscriber.claims.to_owned(),
            attributes: subscriber.attributes.to_vec(),
            joined_ms: subscriber.joined_ms,
        }
    }
}

impl From<&EventView<'_>> for Event {
    fn from(event: &EventView<'_>) -> Self {
        let attribute = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self {
            offset: event.offset.0,
            id: event.id.to_owned(),
            topics: event.topics.iter().map(|t| (*t).to_owned()).collect(),
            kind: event.kind.map(str::to_owned),
            private: event.private,
            accepted_ms: event.accepted_ms,
            size: event.size,
            data: event.data.map(<[u8]>::to_vec),
            attributes: event.attributes.iter().map(attribute).collect(),
        }
    }
}

impl From<&FullMailbox> for Full {
    fn from(full: &FullMailbox) -> Self {
        Self {
            client: full.client.0,
            offset: full.offset.0,
            events: full.events,
            bytes: full.bytes,
            oldest_ms: full.oldest_ms,
        }
    }
}

fn answer<T>(answered: Answered<'_, T>, good: impl FnOnce(&[T]) -> Answer) -> Answer {
    match answered {
        Ok(all) => good(all),
        Err(fault) => fault.clone().into(),
    }
}

fn join(subscribers: &[SubscriberView<'_>]) -> Step {
    Step::Join {
        subscribers: subscribers.iter().map(Into::into).collect(),
    }
}

fn owned(events: &[EventView<'_>]) -> Vec<Event> {
    events.iter().map(Into::into).collect()
}

fn spelled(selectors: &[Selector]) -> Vec<Spelling> {
    let spelling = |s: &Selector| Spelling::new(s.matcher().name(), s.pattern());
    selectors.iter().map(spelling).collect()
}

fn handles(clients: &[Client]) -> Vec<u32> {
    clients.iter().map(|client| client.0).collect()
}
