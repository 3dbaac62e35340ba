//! Following what operators change and ask for.

use std::sync::Arc;

use super::Station;
use super::candidate::Candidate;
use super::core::Core;
use super::registry::Ticket;
use super::seats::policy_seat;
use super::shadowing::ShadowSeats;
use super::subscriber::Position;
use crate::Hub;
use crate::command::{Command, LISTED_MAX, SubscriberInfo};
use crate::metrics::LeaveReason;
use crate::spread::spread;
use crate::tenant::{Report, State};

impl Station {
    /// Follows what has changed about the tenant, and does what operators ask for.
    pub(crate) fn follow(&self) {
        for command in self.link().take_commands() {
            self.obey(command);
        }
        let generation = self.tenant.components.generation();
        let core = &mut *self.core.borrow_mut();
        if generation != core.generation {
            core.generation = generation;
            core.config = self.tenant.config();
            core.follow_components(&self.tenant.components.state(), self.shard);
            core.follow_drain();
        }
    }

    fn obey(&self, command: Command) {
        match command {
            Command::List(answer) => {
                // Whoever asked may have gone.
                let _ = answer.send(self.core.borrow().list(self.shard));
            }
            Command::End(serial, answer) => {
                let mut core = self.core.borrow_mut();
                let found = core.everyone().into_iter().find(|t| t.serial == serial);
                if let Some(ticket) = found {
                    core.end(ticket, LeaveReason::Operator);
                }
                let _ = answer.send(found.is_some());
            }
            Command::Tap(make, answer) => {
                let begun = self.core.borrow_mut().seats.begin_tap(make);
                let _ = answer.send(begun);
            }
        }
    }
}

impl Core {
    fn follow_components(&mut self, state: &State, shard: usize) {
        let known = |candidate: &Candidate| {
            let current = state.rollout.as_ref();
            current.is_some_and(|rollout| Arc::ptr_eq(rollout, &candidate.rollout))
        };
        // One whose cut is chosen takes over, whatever has come after it.
        let stays = |candidate: &Candidate| known(candidate) || candidate.cut().is_some();
        if !self.seats.candidate.as_ref().is_some_and(stays) {
            self.seats.candidate = None;
            match &state.rollout {
                Some(rollout) => {
                    let candidate = Candidate::new(rollout, &self.seats.meter);
                    self.seats.candidate = Some(candidate);
                }
                None => self.adopt(state),
            }
        }
        if let Some(candidate) = &self.seats.candidate
            && self.registry.count() == 0
            && candidate.cut().is_none()
        {
            // It knows everyone: there is nobody.
            candidate
                .rollout
                .report(shard, Report::Ready { refused: 0 });
        }
        self.follow_shadow(state);
    }

    /// Where nobody is here there is nothing to take over: the next instance is one of what decides now.
    fn adopt(&mut self, state: &State) {
        if self.registry.count() == 0 && self.cursor.is_none() {
            let meter = &self.seats.meter;
            let policy = policy_seat(&state.current.policy, "policy", meter);
            drop(self.seats.set_policy(policy, &state.current.policy));
            self.seats.set_filter(state.current.filter.as_ref());
        }
    }

    fn follow_shadow(&mut self, state: &State) {
        let same = match (&self.seats.shadow, &state.shadow) {
            (Some(seats), Some(shadow)) => seats.is_of(shadow),
            (None, None) => true,
            _ => false,
        };
        if !same {
            let meter = &self.seats.meter;
            let seats = state.shadow.as_ref();
            self.seats.shadow =
                seats.map(|shadow| ShadowSeats::new(shadow, &state.current.policy, meter));
        }
    }

    /// Everyone gets a time to end. Nobody comes any more, so that this is done once.
    fn follow_drain(&mut self) {
        let Some(drain) = self.tenant.around.drain.get().copied() else {
            return;
        };
        if std::mem::replace(&mut self.drained, true) {
            return;
        }
        let everyone = self.everyone();
        let count = everyone.len();
        for (n, ticket) in everyone.into_iter().enumerate() {
            let seed = self.seed;
            let ends_ms = drain.ends_ms(n, count, |range| spread(seed, ticket.serial, range));
            let Some(subscriber) = self.registry.get_mut(ticket) else {
                continue;
            };
            if ends_ms < subscriber.times.ends_ms {
                subscriber.times.ends_ms = ends_ms;
                subscriber.times.ends_for = LeaveReason::Drain;
                self.stations.look_at(&self.station, ticket, ends_ms);
            }
        }
    }

    fn list(&self, shard: usize) -> Vec<SubscriberInfo> {
        let info = |(_, s): (_, &super::subscriber::Subscriber)| SubscriberInfo {
            id: Hub::subscriber_id(shard, s.serial),
            selectors: s
                .selectors
                .iter()
                .map(|s| format!("{}:{}", s.matcher().name(), s.pattern()))
                .collect(),
            joined_ms: s.joined_ms,
            mailbox_events: s.mailbox.events(),
            mailbox_bytes: s.mailbox.bytes(),
            catching_up: matches!(s.position, Position::Fed { .. }),
        };
        self.registry.iter().map(info).take(LISTED_MAX).collect()
    }

    /// Everyone who is present.
    pub(crate) fn everyone(&self) -> Vec<Ticket> {
        self.registry
            .iter()
            .map(|(client, s)| Ticket {
                client,
                serial: s.serial,
            })
            .collect()
    }
}
