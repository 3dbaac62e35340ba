//! What is to take over from the present policy or filter.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use umbel_event::Offset;
use umbel_routing::{Admission, Client, SubscriberView};

use super::mailbox::Mailbox;
use super::meter::Meter;
use super::registry::{Registry, Ticket};
use super::seats::{FilterSeat, PolicySeat, filter_seat, policy_seat};
use crate::MailboxConfig;
use crate::tenant::{Change, Report, Rollout};

/// New instances beside those that decide: told of everyone present, and of who comes and goes, until
/// they take over at the cut.
pub(crate) struct Candidate {
    pub(crate) rollout: Arc<Rollout>,
    pub(crate) seat: CandidateSeat,
    /// Who is present and not wanted by the new policy.
    pub(crate) refused: Vec<Ticket>,
}

/// The part that changes.
pub(crate) enum CandidateSeat {
    /// Another policy.
    Policy(PolicySeat),
    /// Another filter.
    Filter(FilterSeat),
    /// No filter any more.
    NoFilter,
}

impl Candidate {
    pub(crate) fn new(rollout: &Arc<Rollout>, meter: &Rc<Meter>) -> Self {
        let seat = match &rollout.change {
            Change::Policy(policy) => {
                CandidateSeat::Policy(policy_seat(policy, "candidate", meter))
            }
            Change::Filter(Some(filter)) => {
                CandidateSeat::Filter(filter_seat(filter, "candidate", meter))
            }
            Change::Filter(None) => CandidateSeat::NoFilter,
        };
        Self {
            rollout: Arc::clone(rollout),
            seat,
            refused: Vec::new(),
        }
    }

    /// Whether it may take over.
    pub(crate) fn is_ready(&self) -> bool {
        match &self.seat {
            CandidateSeat::Policy(seat) => seat.is_ready(),
            CandidateSeat::Filter(seat) => seat.is_ready(),
            CandidateSeat::NoFilter => true,
        }
    }

    /// The first event that it decides on, once that is known.
    pub(crate) fn cut(&self) -> Option<Offset> {
        self.rollout.cut()
    }

    /// What its station has to report; a candidate has one try.
    pub(crate) fn report(&self) -> Report {
        let fault = match &self.seat {
            CandidateSeat::Policy(seat) => seat.last_fault(),
            CandidateSeat::Filter(seat) => seat.last_fault(),
            CandidateSeat::NoFilter => None,
        };
        match fault {
            Some(fault) => Report::Failed(fault.to_owned()),
            None if self.is_ready() => Report::Ready {
                refused: self.refused.len(),
            },
            None => Report::Preparing,
        }
    }

    /// Whether a step would bring it closer to being ready.
    pub(crate) fn may_advance(&self) -> bool {
        !self.is_starved() && self.report() == Report::Preparing
    }

    /// Whether it waits for room for an instance.
    pub(crate) fn is_starved(&self) -> bool {
        match &self.seat {
            CandidateSeat::Policy(seat) => seat.is_starved(),
            CandidateSeat::Filter(seat) => seat.is_starved(),
            CandidateSeat::NoFilter => false,
        }
    }

    /// Room was sought for its instance.
    pub(crate) fn room_sought(&mut self, found: bool, now_ms: u64) {
        match &mut self.seat {
            CandidateSeat::Policy(seat) => seat.room_sought(found, now_ms),
            CandidateSeat::Filter(seat) => seat.room_sought(found, now_ms),
            CandidateSeat::NoFilter => {}
        }
    }

    /// One step towards being ready. `policies` is the number of the present policy.
    pub(crate) fn advance(
        &mut self,
        registry: &mut Registry,
        now_ms: u64,
        deadline: Duration,
        ceilings: &MailboxConfig,
        policies: u8,
    ) {
        let unwanted = match &mut self.seat {
            CandidateSeat::Policy(seat) => seat.advance(registry, now_ms, deadline, |s, answer| {
                s.keep_up(policies);
                let Ok(bounds) = answer else {
                    return false;
                };
                s.next_bounds = Mailbox::clamp(bounds, ceilings);
                true
            }),
            CandidateSeat::Filter(seat) => seat.advance(registry, now_ms, deadline, |_, ()| true),
            CandidateSeat::NoFilter => return,
        };
        self.refused.extend(unwanted.unwanted);
    }

    /// Tells it of newcomers; its answers where it is a policy and hears of them now.
    pub(crate) fn meet(
        &mut self,
        newcomers: &[SubscriberView<'_>],
        now_ms: u64,
    ) -> Option<Vec<Admission>> {
        match &mut self.seat {
            CandidateSeat::Policy(seat) => seat.meet(newcomers, now_ms)?.ok(),
            CandidateSeat::Filter(seat) => {
                let _ = seat.meet(newcomers, now_ms);
                None
            }
            CandidateSeat::NoFilter => None,
        }
    }

    /// Tells it who is gone.
    pub(crate) fn leave(&mut self, clients: &[Client], now_ms: u64) {
        self.refused
            .retain(|ticket| !clients.contains(&ticket.client));
        match &mut self.seat {
            CandidateSeat::Policy(seat) => _ = seat.leave(clients, now_ms),
            CandidateSeat::Filter(seat) => _ = seat.leave(clients, now_ms),
            CandidateSeat::NoFilter => {}
        }
    }
}
