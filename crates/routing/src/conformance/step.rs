//! One question to a policy.

use serde::{Deserialize, Serialize};
use umbel_event::Offset;
use umbel_selector::Selector;

use super::answer::verdicts;
use super::{Answer, Event, Joiner};
use crate::{Client, Dispatcher, Export, Fault, FullMailbox, Settings, SubscriberView};

/// One question to a policy: a call of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "call", deny_unknown_fields)]
pub enum Step {
    /// A new instance: always the first step, and in a case the only one of its kind.
    Configure {
        /// The operator's configuration.
        #[serde(default)]
        config: String,
        /// The key for hashing; below 2^53, so that every JSON reader gets it right.
        #[serde(default)]
        seed: u64,
        /// What the host says of itself, as name and value.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        facts: Vec<(String, String)>,
    },
    /// These subscribers connect.
    Join {
        /// Who.
        subscribers: Vec<Joiner>,
    },
    /// These are gone.
    Leave {
        /// Who.
        clients: Vec<u32>,
    },
    /// Who gets these events?
    Route {
        /// The batch.
        events: Vec<Event>,
    },
    /// Which of these events may each of these clients have?
    Select {
        /// Who.
        clients: Vec<u32>,
        /// The page.
        events: Vec<Event>,
    },
    /// What happens to those who cannot keep up?
    Overflow {
        /// Their mailboxes.
        full: Vec<Full>,
    },
}

/// A full mailbox as a case writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Full {
    /// Whose it is.
    pub client: u32,
    /// The event that does not fit.
    #[serde(default)]
    pub offset: u64,
    /// Events waiting.
    #[serde(default)]
    pub events: u32,
    /// Bytes waiting.
    #[serde(default)]
    pub bytes: u32,
    /// Age of the oldest in milliseconds.
    #[serde(default)]
    pub oldest_ms: u32,
}

/// The settings that the first of `steps` names; the defaults where it is another call.
#[must_use]
pub fn settings(steps: &[Step]) -> Settings {
    steps.first().and_then(Step::settings).unwrap_or_default()
}

/// Asks `dispatcher`, which was made with the [`settings`] of these steps, each of them in turn, up to
/// the first fault. One answer for each question asked.
pub fn run(dispatcher: &mut dyn Dispatcher, steps: &[Step]) -> Vec<Answer> {
    let mut answers = Vec::with_capacity(steps.len());
    for step in steps {
        match step.ask(dispatcher) {
            Ok(answer) => answers.push(answer),
            Err(fault) => {
                answers.push(fault.into());
                break;
            }
        }
    }
    answers
}

impl Step {
    /// What a new instance is configured with, where this step asks for one.
    #[must_use]
    pub fn settings(&self) -> Option<Settings> {
        let Self::Configure {
            config,
            seed,
            facts,
        } = self
        else {
            return None;
        };
        Some(Settings {
            config: config.clone(),
            seed: *seed,
            facts: facts.clone(),
        })
    }

    /// The call that it is.
    #[must_use]
    pub const fn export(&self) -> Export {
        match self {
            Self::Configure { .. } => Export::Configure,
            Self::Join { .. } => Export::Join,
            Self::Leave { .. } => Export::Leave,
            Self::Route { .. } => Export::Route,
            Self::Select { .. } => Export::Select,
            Self::Overflow { .. } => Export::Overflow,
        }
    }

    /// How many decisions it asks for.
    #[must_use]
    pub const fn expects(&self) -> usize {
        match self {
            Self::Configure { .. } => 1,
            Self::Join { subscribers } => subscribers.len(),
            Self::Leave { .. } => 0,
            Self::Route { events } => events.len(),
            Self::Select { clients, .. } => clients.len(),
            Self::Overflow { full } => full.len(),
        }
    }

    /// Whether selections are ascending indexes of the events; every other answer fits.
    pub(super) fn fits(&self, answer: &Answer) -> bool {
        let (Self::Select { events, .. }, Answer::Selections(all)) = (self, answer) else {
            return true;
        };
        all.iter().all(|indexes| {
            let below = indexes.last().is_none_or(|i| (*i as usize) < events.len());
            below && indexes.is_sorted_by(|a, b| a < b)
        })
    }

    /// Asks `dispatcher`, which was configured before: where that is what the step asks for, the answer
    /// is that it was.
    ///
    /// # Errors
    /// Where the call failed; `dispatcher` is not to be asked again.
    pub fn ask(&self, dispatcher: &mut dyn Dispatcher) -> Result<Answer, Fault> {
        match self {
            Self::Configure { .. } => Ok(Answer::Configured(true)),
            Self::Join { subscribers } => join(dispatcher, subscribers),
            Self::Leave { clients } => {
                dispatcher.leave(&handles(clients))?;
                Ok(Answer::Left)
            }
            Self::Route { events } => {
                let audiences = Event::viewed(events, |views| dispatcher.route(views))?;
                Ok(Answer::Audiences(
                    audiences.into_iter().map(decided).collect(),
                ))
            }
            Self::Select { clients, events } => {
                let handles = handles(clients);
                Event::viewed(events, |views| dispatcher.select(&handles, views))
                    .map(Answer::Selections)
            }
            Self::Overflow { full } => {
                let full: Vec<_> = full.iter().map(Full::mailbox).collect();
                Ok(verdicts(&dispatcher.overflow(&full)?))
            }
        }
    }
}

impl Full {
    fn mailbox(&self) -> FullMailbox {
        FullMailbox {
            client: Client(self.client),
            offset: Offset(self.offset),
            events: self.events,
            bytes: self.bytes,
            oldest_ms: self.oldest_ms,
        }
    }
}

fn join(dispatcher: &mut dyn Dispatcher, joiners: &[Joiner]) -> Result<Answer, Fault> {
    let selectors = |all: &[super::Spelling]| all.iter().map(|s| s.selector()).collect();
    let owned: Vec<(Vec<Selector>, Vec<Selector>)> = joiners
        .iter()
        .map(|j| (selectors(&j.selectors), selectors(&j.grants)))
        .collect();
    let views: Vec<_> = joiners
        .iter()
        .zip(&owned)
        .map(|(joiner, (selectors, grants))| SubscriberView {
            client: Client(joiner.client),
            selectors,
            grants,
            claims: &joiner.claims,
            attributes: &joiner.attributes,
            joined_ms: joiner.joined_ms,
        })
        .collect();
    let admissions = dispatcher.join(&views)?;
    Ok(Answer::Admissions(
        admissions.into_iter().map(Into::into).collect(),
    ))
}

fn handles(clients: &[u32]) -> Vec<Client> {
    clients.iter().copied().map(Client).collect()
}

/// An audience as a decision: ascending, each client once.
fn decided(audience: Vec<Client>) -> Vec<u32> {
    let mut clients: Vec<_> = audience.into_iter().map(|c| c.0).collect();
    clients.sort_unstable();
    clients.dedup();
    clients
}
