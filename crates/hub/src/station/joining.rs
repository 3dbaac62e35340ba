//! Letting subscribers in.

use std::rc::Rc;
use std::time::Instant;

use umbel_routing::{Call, Export, MailboxBounds, SubscriberView};

use super::Station;
use super::core::Core;
use super::inbox::{COME_BACK_MS, Join};
use super::mailbox::Mailbox;
use super::newcomer::{Answer, Channel, Newcomer, Settled};
use crate::link::Link;
use crate::metrics::JoinResult;
use crate::stream::Stream;
use crate::{Opened, Refused};

/// Newcomers of one batch that the policy may fail on: each costs an instance, and the re-join of all.
/// The rest of the batch may come back.
const JOIN_FAILURES_MAX: usize = 3;

const CLOSING: Refused = Refused::Closing {
    retry_ms: COME_BACK_MS,
};

const FAULTED: Refused = Refused::Faulted {
    retry_ms: COME_BACK_MS,
};

impl Station {
    /// Lets in those who wait, in one call to the policy. While the policy is out of order they are let in
    /// without it, and it is told of them later.
    pub(crate) fn admit(self: &Rc<Self>) {
        if self.tenant.lets_nobody_in() {
            return self.refuse_all();
        }
        let settled = {
            let core = &mut *self.core.borrow_mut();
            if core.seats.policy.is_ready() && !core.suspects.newcomers.is_empty() {
                core.join_suspect(self.link())
            } else {
                Vec::new()
            }
        };
        self.answer_all(settled);
        if self.core.borrow().has_taken_long() {
            return;
        }
        let (is_ready, is_out) = {
            let core = self.core.borrow();
            let policy = &core.seats.policy;
            (policy.is_ready(), policy.is_out(core.now_ms()))
        };
        let in_turn = is_out || (is_ready && self.core.borrow().suspects.newcomers.is_empty());
        if !in_turn {
            return;
        }
        let step = self.core.borrow().joins.len();
        let joins = self.inbox.borrow_mut().take_joins(step);
        if joins.is_empty() && self.core.borrow().suspects.newcomers.is_empty() {
            return;
        }
        let mut newcomers = Vec::with_capacity(joins.len());
        for join in joins {
            let welcomed = self.core.borrow_mut().welcome(join);
            match welcomed {
                Ok(newcomer) => newcomers.push(newcomer),
                Err((answer, refused)) => self.answer(answer, Err(refused), None),
            }
        }
        let settled = match is_ready {
            true => self.core.borrow_mut().join_all(newcomers, self.link()),
            false => self.core.borrow_mut().let_in(newcomers, self.link()),
        };
        self.answer_all(settled);
    }

    fn answer_all(self: &Rc<Self>, settled: Vec<Settled>) {
        for (channel, answer, cursor) in settled {
            self.answer(channel, answer, cursor);
        }
    }

    /// Nobody is let in any more.
    pub(crate) fn refuse_all(self: &Rc<Self>) {
        let suspects = std::mem::take(&mut self.core.borrow_mut().suspects.newcomers);
        for newcomer in suspects {
            let settled = self.core.borrow_mut().refuse(newcomer, CLOSING);
            self.answer_all(vec![settled]);
        }
        let joins = self.inbox.borrow_mut().take_joins(usize::MAX);
        for join in joins {
            self.refuse_closing(join);
        }
    }

    pub(crate) fn refuse_closing(&self, join: Join) {
        self.tenant.metrics.join(JoinResult::Closing);
        join.refuse(CLOSING);
    }

    fn answer(self: &Rc<Self>, channel: Channel, answer: Answer, cursor: Option<String>) {
        self.tenant.metrics.join(match &answer {
            Ok(_) => JoinResult::Ok,
            Err(Refused::Policy(_)) => JoinResult::Refused,
            Err(Refused::Faulted { .. }) => JoinResult::Faulted,
            Err(Refused::Full { .. }) => JoinResult::Full,
            Err(Refused::Closing { .. }) => JoinResult::Closing,
        });
        // Where nobody waits any more, the stream is dropped here, and its subscriber leaves.
        let _ = channel.send(answer.map(|one| Opened {
            stream: Stream::new(Rc::clone(self), one.ticket, one.framing, one.outlet),
            cursor,
        }));
    }
}

impl Core {
    /// Asks the policy about all of them at once; where it fails on that, each is asked about alone, later.
    fn join_all(&mut self, newcomers: Vec<Newcomer>, link: &Link) -> Vec<Settled> {
        match self.ask_join(&newcomers) {
            Some(answers) => self.settle_all(newcomers.into_iter().zip(answers).collect(), link),
            None => {
                self.suspects.newcomers.extend(newcomers);
                self.suspects.failures = 0;
                Vec::new()
            }
        }
    }

    /// Asks the policy about one of those whom it failed on together.
    fn join_suspect(&mut self, link: &Link) -> Vec<Settled> {
        if self.suspects.failures >= JOIN_FAILURES_MAX {
            let rest = std::mem::take(&mut self.suspects.newcomers);
            return rest.into_iter().map(|n| self.refuse(n, FAULTED)).collect();
        }
        let Some(newcomer) = self.suspects.newcomers.pop_front() else {
            return Vec::new();
        };
        match self.ask_join(std::slice::from_ref(&newcomer)) {
            Some(answers) => {
                let one = std::iter::once(newcomer).zip(answers);
                self.settle_all(one.collect(), link)
            }
            None => {
                self.suspects.failures += 1;
                vec![self.refuse(newcomer, FAULTED)]
            }
        }
    }

    /// Lets them in without asking, and all suspects too: whoever cannot stay is found when the policy is
    /// told of everyone.
    fn let_in(&mut self, newcomers: Vec<Newcomer>, link: &Link) -> Vec<Settled> {
        let suspects = std::mem::take(&mut self.suspects.newcomers);
        let unasked = Mailbox::new(self.unasked()).bounds();
        let all = suspects.into_iter().chain(newcomers);
        let answered = all.map(|newcomer| (newcomer, Ok(unasked))).collect();
        self.settle_all(answered, link)
    }

    fn ask_join(&mut self, newcomers: &[Newcomer]) -> Option<Vec<Result<MailboxBounds, Refused>>> {
        if newcomers.is_empty() {
            return Some(Vec::new());
        }
        let now_ms = self.now_ms();
        let views: Vec<SubscriberView<'_>> = newcomers
            .iter()
            .map(|n| n.subscriber.view(n.ticket.client))
            .collect();
        let started = Instant::now();
        let policy = &mut self.seats.policy;
        let answers = policy.call(Export::Join, now_ms, |p| p.join(&views));
        self.seats.heard(&Call::Join(&views, answers.as_deref()));
        let Ok(answers) = answers else {
            self.joins.failed(newcomers.len());
            return None;
        };
        let (time, deadline) = (started.elapsed(), self.deadline());
        self.joins.took(newcomers.len(), time, deadline);
        let mailboxes = answers.into_iter().map(|answer| match answer {
            Ok(bounds) => Ok(Mailbox::clamp(bounds, &self.config.mailbox)),
            Err(refusal) => Err(Refused::Policy(refusal)),
        });
        Some(mailboxes.collect())
    }
}
