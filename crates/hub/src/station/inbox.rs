//! What connections leave word of, until the station gets to it.

use std::collections::VecDeque;

use tokio::sync::oneshot;

use super::newcomer::Start;
use super::registry::Ticket;
use crate::{Opened, Refused, Subscription};

/// Requests to join that may wait at one station.
const JOINS_MAX: usize = 65_536;
/// Milliseconds after which someone who cannot be served now may come back.
pub(crate) const COME_BACK_MS: u32 = 2_000;

/// What connections leave word of. Bounded: a connection waits with at most one request to join, and a
/// subscriber leaves once.
#[derive(Default)]
pub(crate) struct Inbox {
    joins: VecDeque<Join>,
    departures: Vec<Ticket>,
}

/// Someone wants to join.
pub(crate) struct Join {
    pub(crate) subscription: Subscription,
    pub(crate) start: Start,
    pub(crate) answer: oneshot::Sender<Result<Opened, Refused>>,
}

impl Join {
    /// Answers that there is no room for another one.
    pub(crate) fn refuse_full(self) {
        self.refuse(Refused::Full {
            max: JOINS_MAX,
            retry_ms: COME_BACK_MS,
        });
    }

    pub(crate) fn refuse(self, refused: Refused) {
        // Whoever no longer waits for the answer needs none.
        let _ = self.answer.send(Err(refused));
    }
}

impl Inbox {
    /// Whether one more may wait to join.
    pub(crate) fn has_room(&self) -> bool {
        self.joins.len() < JOINS_MAX
    }

    pub(crate) fn push_join(&mut self, join: Join) {
        self.joins.push_back(join);
    }

    pub(crate) fn push_departure(&mut self, ticket: Ticket) {
        self.departures.push(ticket);
    }

    /// The oldest requests to join, at most `max`.
    pub(crate) fn take_joins(&mut self, max: usize) -> Vec<Join> {
        self.joins.drain(..max.min(self.joins.len())).collect()
    }

    pub(crate) fn take_departures(&mut self) -> Vec<Ticket> {
        std::mem::take(&mut self.departures)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.joins.is_empty() && self.departures.is_empty()
    }
}
