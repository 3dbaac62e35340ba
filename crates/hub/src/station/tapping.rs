//! Somebody who listens to the policy of one station.

use std::collections::HashSet;

use umbel_routing::{Admission, Call, Client, Settings, SubscriberView, Tap};

use super::registry::Registry;

/// Subscribers that it is told of at a time.
const SLICE: usize = 1_024;

/// Somebody who listens to the policy: told how it was configured and of everyone present, in slices,
/// one a step of the station; and then of each call, so that what was heard stands alone.
pub(crate) struct Tapping {
    tap: Box<dyn Tap>,
    state: State,
    /// Who was told of: nobody else leaves.
    known: HashSet<Client>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing was told yet.
    Waiting,
    /// Everyone whose handle is below this was told of.
    Telling(usize),
    /// It knows who is present, and hears every call.
    Hearing,
}

impl Tapping {
    pub(crate) fn new(tap: Box<dyn Tap>) -> Self {
        Self {
            tap,
            state: State::Waiting,
            known: HashSet::new(),
        }
    }

    pub(crate) fn wants_more(&self) -> bool {
        self.tap.wants_more()
    }

    /// Whether it was told anything of the present instance.
    pub(crate) fn has_begun(&self) -> bool {
        self.state != State::Waiting
    }

    /// Whether a step would bring it closer to hearing; `quiet` as in [`Self::advance`].
    pub(crate) fn may_advance(&self, registry: &Registry, quiet: bool) -> bool {
        match self.state {
            State::Waiting => true,
            State::Telling(told) => quiet || !registry.slice(told, 1).0.is_empty(),
            State::Hearing => false,
        }
    }

    /// One step. `quiet` is whether no batch is on its way, and nobody has left whom the policy does not
    /// know to have: only then what is heard next asks about nobody and nothing from before.
    pub(crate) fn advance(&mut self, registry: &Registry, settings: &Settings, quiet: bool) {
        match self.state {
            State::Waiting => {
                self.tap.hear(&Call::Configure(settings));
                self.state = State::Telling(0);
            }
            State::Telling(told) => {
                let (tickets, next) = registry.slice(told, SLICE);
                if tickets.is_empty() {
                    if quiet {
                        self.state = State::Hearing;
                    }
                    return;
                }
                self.known.extend(tickets.iter().map(|t| t.client));
                self.tap.hear(&Call::Present(&registry.views(&tickets)));
                self.state = State::Telling(next);
            }
            State::Hearing => {}
        }
    }

    /// The policy was asked something. Before everyone present was told of, only who comes and goes is
    /// heard, and of those only whom it would not be told of later.
    pub(crate) fn hear(&mut self, call: &Call<'_>) {
        match (self.state, call) {
            (State::Waiting, _) => {}
            (_, Call::Leave(clients)) => self.leave(clients),
            (State::Telling(told), Call::Join(newcomers, Ok(answers))) => {
                self.join_below(told, newcomers, answers);
            }
            (State::Telling(_), _) => {}
            (State::Hearing, call) => {
                if let Call::Join(newcomers, Ok(answers)) = call {
                    self.note(newcomers, answers);
                }
                self.tap.hear(call);
            }
        }
    }

    fn join_below(&mut self, told: usize, newcomers: &[SubscriberView<'_>], answers: &[Admission]) {
        let both = newcomers.iter().zip(answers);
        let below = both.filter(|(newcomer, _)| newcomer.client.index() < told);
        let (newcomers, answers): (Vec<_>, Vec<_>) =
            below.map(|(n, answer)| (*n, answer.clone())).unzip();
        if !newcomers.is_empty() {
            self.note(&newcomers, &answers);
            self.tap.hear(&Call::Join(&newcomers, Ok(&answers)));
        }
    }

    fn note(&mut self, newcomers: &[SubscriberView<'_>], answers: &[Admission]) {
        let both = newcomers.iter().zip(answers);
        let let_in = both.filter(|(_, answer)| answer.is_ok());
        self.known
            .extend(let_in.map(|(newcomer, _)| newcomer.client));
    }

    fn leave(&mut self, clients: &[Client]) {
        let mut known = clients.to_vec();
        known.retain(|client| self.known.remove(client));
        if !known.is_empty() {
            self.tap.hear(&Call::Leave(&known));
        }
    }
}
