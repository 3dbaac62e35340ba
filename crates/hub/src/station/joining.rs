//! Letting subscribers in.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;
use umbel_event::Offset;
use umbel_routing::{Export, MailboxBounds, SubscriberView, Verdict, WhenFull};

use super::Station;
use super::core::{Core, mark};
use super::gap::Gap;
use super::inbox::{COME_BACK_MS, Join};
use super::mailbox::Mailbox;
use super::registry::Ticket;
use super::subscriber::{Flags, Position, Subscriber, Times};
use crate::link::Link;
use crate::metrics::JoinResult;
use crate::stream::Stream;
use crate::{Framing, Opened, Outlet, Refused, Subscription};

/// Subscribers in one `join` call.
const JOINS_STEP: usize = 1024;

/// Newcomers of one batch that the policy may fail on: each costs an instance, and the re-join of all.
/// The rest of the batch may come back.
const JOIN_FAILURES_MAX: usize = 3;

/// Newcomers whom the policy has failed on together: each is asked about alone, with an instance that
/// knows everyone else.
#[derive(Default)]
pub(crate) struct Suspects {
    newcomers: VecDeque<Newcomer>,
    failures: usize,
}

impl Suspects {
    /// Whether there is anyone.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.newcomers.is_empty()
    }
}

/// Where a newcomer begins.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// The first event that it is to be offered; none: the next one that is published.
    pub(crate) from: Option<Offset>,
    /// What it is told first.
    pub(crate) gap: Option<Gap>,
    /// Value of the `Last-Event-ID` response header.
    pub(crate) cursor: Option<String>,
}

/// A newcomer with its handle, before the policy has answered.
struct Newcomer {
    ticket: Ticket,
    subscriber: Box<Subscriber>,
    start: Start,
    answer: Channel,
}

/// What a newcomer is answered.
type Answer = Result<LetIn, Refused>;

/// A newcomer that was let in or turned away: where to, what, and the `Last-Event-ID` to send.
type Settled = (Channel, Answer, Option<String>);

/// What the stream of one that was let in is made of.
struct LetIn {
    ticket: Ticket,
    framing: Framing,
    outlet: Option<Rc<Outlet>>,
}

type Channel = oneshot::Sender<Result<Opened, Refused>>;

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
        if self.tenant.is_closing() {
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
        let (is_ready, is_out) = {
            let core = self.core.borrow();
            let policy = &core.seats.policy;
            (policy.is_ready(), policy.is_out(core.now_ms()))
        };
        let in_turn = is_out || (is_ready && self.core.borrow().suspects.newcomers.is_empty());
        if !in_turn {
            return;
        }
        let joins = self.inbox.borrow_mut().take_joins(JOINS_STEP);
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
    /// A handle for a newcomer, where there is room.
    fn welcome(&mut self, join: Join) -> Result<Newcomer, (Channel, Refused)> {
        let Join {
            subscription,
            start,
            answer,
        } = join;
        let max = self.config.limits.subscribers_max;
        let full = max > 0 && self.tenant.subscribers() >= max;
        let Some(ticket) = (!full).then(|| self.registry.reserve()).flatten() else {
            return Err((
                answer,
                Refused::Full {
                    max,
                    retry_ms: COME_BACK_MS,
                },
            ));
        };
        // Counted from here, so that those of one batch cannot pass the limit together.
        self.tenant.subscribers.fetch_add(1, Ordering::Relaxed);
        let subscriber = self.newcomer(ticket, subscription);
        Ok(Newcomer {
            ticket,
            subscriber,
            start,
            answer,
        })
    }

    fn newcomer(&mut self, ticket: Ticket, subscription: Subscription) -> Box<Subscriber> {
        let now_ms = self.now_ms();
        let age_ends_ms = self.age_ends_ms(ticket, now_ms);
        let token_ends_ms = subscription.expires_ms.unwrap_or(u64::MAX);
        Box::new(Subscriber {
            serial: ticket.serial,
            grants: self.grants(&subscription.grants),
            selectors: subscription.selectors,
            claims: subscription.claims,
            attributes: subscription.attributes,
            joined_ms: now_ms,
            mailbox: Mailbox::new(self.unasked()),
            next_bounds: self.unasked(),
            position: Position::Live { since: Offset(0) },
            gap: None,
            offered: Offset(0),
            told: Offset(0),
            written_ms: now_ms,
            outlet: subscription.outlet,
            framing: subscription.framing,
            waker: None,
            times: Times {
                ends_ms: age_ends_ms.min(token_ends_ms),
                token_ends: token_ends_ms <= age_ends_ms,
                stalled_ms: None,
            },
            flags: Flags {
                policies: self.policies,
                ..Flags::default()
            },
        })
    }

    /// Bounds of a mailbox that no policy was asked about.
    fn unasked(&self) -> MailboxBounds {
        MailboxBounds {
            events_max: self.config.mailbox.events_max,
            bytes_max: self.config.mailbox.bytes_max,
            when_full: WhenFull::Always(Verdict::CatchUp),
        }
    }

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

    fn settle_all(
        &mut self,
        answered: Vec<(Newcomer, Result<MailboxBounds, Refused>)>,
        link: &Link,
    ) -> Vec<Settled> {
        let mut let_in = Vec::with_capacity(answered.len());
        let mut settled = Vec::with_capacity(answered.len());
        for (newcomer, answer) in answered {
            settled.push(match answer {
                Ok(bounds) => {
                    let_in.push(newcomer.ticket);
                    self.settle(newcomer, bounds, link)
                }
                Err(refused) => self.refuse(newcomer, refused),
            });
        }
        self.introduce(&let_in);
        settled
    }

    fn settle(&mut self, newcomer: Newcomer, bounds: MailboxBounds, link: &Link) -> Settled {
        let Newcomer {
            ticket,
            subscriber,
            start,
            answer: channel,
        } = newcomer;
        let let_in = LetIn {
            ticket,
            framing: subscriber.framing,
            outlet: subscriber.outlet.clone(),
        };
        self.settle_in(ticket, subscriber, Mailbox::new(bounds), &start, link);
        (channel, Ok(let_in), start.cursor)
    }

    /// It is turned away: nothing of it is kept.
    fn refuse(&mut self, newcomer: Newcomer, refused: Refused) -> Settled {
        self.turn_away(newcomer.ticket, &newcomer.subscriber);
        (newcomer.answer, Err(refused), newcomer.start.cursor)
    }

    /// Tells everyone else who decides of newcomers whom the policy has let in.
    fn introduce(&mut self, tickets: &[Ticket]) {
        if tickets.is_empty() || !self.seats.has_company() {
            return;
        }
        let now_ms = self.now_ms();
        let views = self.registry.views(tickets);
        self.seats.meet(&views, now_ms);
        let answers = match &mut self.seats.candidate {
            Some(candidate) => candidate.meet(&views, now_ms),
            None => None,
        };
        drop(views);
        for (&ticket, answer) in tickets.iter().zip(answers.unwrap_or_default()) {
            let bounds = answer.map(|bounds| Mailbox::clamp(bounds, &self.config.mailbox));
            match (bounds, self.registry.get_mut(ticket)) {
                (Ok(bounds), Some(subscriber)) => subscriber.next_bounds = bounds,
                _ => self
                    .seats
                    .candidate
                    .iter_mut()
                    .for_each(|c| c.refused.push(ticket)),
            }
        }
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
        let answers = self
            .seats
            .policy
            .call(Export::Join, now_ms, |p| p.join(&views))
            .ok()?;
        let mailboxes = answers.into_iter().map(|answer| match answer {
            Ok(bounds) => Ok(Mailbox::clamp(bounds, &self.config.mailbox)),
            Err(refusal) => Err(Refused::Policy(refusal)),
        });
        Some(mailboxes.collect())
    }

    /// The policy did not let it in: nothing of it is kept.
    fn turn_away(&mut self, ticket: Ticket, subscriber: &Subscriber) {
        self.grant_sets.settle(&subscriber.grants);
        self.registry.free(ticket.client);
        self.tenant.subscribers.fetch_sub(1, Ordering::Relaxed);
    }

    /// The policy let it in: it is here from now on.
    fn settle_in(
        &mut self,
        ticket: Ticket,
        mut subscriber: Box<Subscriber>,
        mailbox: Mailbox,
        start: &Start,
        link: &Link,
    ) {
        let cursor = self.follow(link);
        let end = self.tenant.log.bounds().next;
        subscriber.mailbox = mailbox;
        subscriber.gap = start.gap;
        if let Some(gap) = start.gap {
            self.tally.gap(gap.cause());
        }
        subscriber.position = match start.from {
            Some(next) if next < cursor => {
                self.fed += 1;
                Position::Fed { next, asked: false }
            }
            Some(next) => Position::Live { since: next },
            None => Position::Live { since: end },
        };
        subscriber.told = Offset(start.from.unwrap_or(end).0.saturating_sub(1));
        let due_ms = self.due_ms(subscriber.times.ends_ms, subscriber.written_ms);
        mark(
            &mut self.dirty,
            &mut self.watched,
            ticket.client,
            &mut subscriber,
        );
        self.registry.admit(ticket.client, subscriber);
        self.stations.look_at(&self.station, ticket, due_ms);
        self.tenant.metrics.subscribers.inc();
    }

    /// Where the station stands; the first subscriber makes it follow the log from its end on.
    fn follow(&mut self, link: &Link) -> Offset {
        if let Some(cursor) = self.cursor {
            return cursor;
        }
        let bounds = self.tenant.log.bounds();
        self.cursor = Some(bounds.next);
        self.routed_bytes = bounds.bytes_ever;
        link.stand(bounds.next, bounds.bytes_ever);
        bounds.next
    }
}
