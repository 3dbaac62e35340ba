//! Letting subscribers in.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;
use umbel_event::Offset;
use umbel_routing::{Admission, SubscriberView};

use super::core::{Core, mark};
use super::gap::Gap;
use super::inbox::{COME_BACK_MS, Join};
use super::mailbox::Mailbox;
use super::registry::Ticket;
use super::subscriber::{Flags, Position, Subscriber, Times};
use super::{Station, policy::UNASKED};
use crate::link::Link;
use crate::metrics::JoinResult;
use crate::stream::Stream;
use crate::{Framing, Opened, Outlet, Refused, Subscription};

/// Subscribers in one `join` call.
const JOINS_STEP: usize = 1024;

/// Newcomers of one batch that the policy may fail on: each costs an instance, and the re-join of all.
/// The rest of the batch may come back.
const JOIN_FAILURES_MAX: usize = 3;

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

impl Station {
    /// Lets in those who wait, in one call to the policy.
    pub(crate) fn admit(self: &Rc<Self>) {
        let joins = self.inbox.borrow_mut().take_joins(JOINS_STEP);
        if joins.is_empty() {
            return;
        }
        if self.tenant.is_closing() {
            joins.into_iter().for_each(|join| self.refuse_closing(join));
            return;
        }
        let mut newcomers = Vec::with_capacity(joins.len());
        for join in joins {
            match self.core.borrow_mut().welcome(join) {
                Ok(newcomer) => newcomers.push(newcomer),
                Err((answer, refused)) => self.answer(answer, Err(refused), None),
            }
        }
        let settled = self.core.borrow_mut().join_all(newcomers, self.link());
        for (channel, answer, cursor) in settled {
            self.answer(channel, answer, cursor);
        }
    }

    /// Nobody is let in any more.
    pub(crate) fn refuse_all(&self) {
        for join in self.inbox.borrow_mut().take_joins(usize::MAX) {
            self.refuse_closing(join);
        }
    }

    pub(crate) fn refuse_closing(&self, join: Join) {
        self.tenant.metrics.join(JoinResult::Closing);
        join.refuse(Refused::Closing {
            retry_ms: COME_BACK_MS,
        });
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
        let max = self.config().limits.subscribers_max;
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
            mailbox: Mailbox::new(UNASKED),
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
            flags: Flags::default(),
        })
    }

    /// Asks the policy about all of them at once; where it fails on that, about each alone.
    fn join_all(&mut self, newcomers: Vec<Newcomer>, link: &Link) -> Vec<Settled> {
        if let Some(answers) = self.ask_join(&newcomers) {
            let settled = newcomers.into_iter().zip(answers);
            return settled
                .map(|(n, answer)| self.settle(n, answer, link))
                .collect();
        }
        let mut failures = 0;
        let alone = newcomers.into_iter().map(|newcomer| {
            if failures >= JOIN_FAILURES_MAX {
                let refused = Err(Refused::Faulted {
                    retry_ms: COME_BACK_MS,
                });
                return self.settle(newcomer, refused, link);
            }
            let one = self
                .ask_join(std::slice::from_ref(&newcomer))
                .and_then(|mut a| a.pop());
            failures += usize::from(one.is_none());
            let answer = one.unwrap_or(Err(Refused::Faulted {
                retry_ms: COME_BACK_MS,
            }));
            // Settled before the next one is asked about: a failure there makes a new instance, which
            // is told of everyone who is present.
            self.settle(newcomer, answer, link)
        });
        alone.collect()
    }

    fn settle(
        &mut self,
        newcomer: Newcomer,
        answer: Result<Mailbox, Refused>,
        link: &Link,
    ) -> Settled {
        let Newcomer {
            ticket,
            subscriber,
            start,
            answer: channel,
        } = newcomer;
        let answer = match answer {
            Ok(mailbox) => {
                let let_in = LetIn {
                    ticket,
                    framing: subscriber.framing,
                    outlet: subscriber.outlet.clone(),
                };
                self.settle_in(ticket, subscriber, mailbox, &start, link);
                Ok(let_in)
            }
            Err(refused) => {
                self.turn_away(ticket, &subscriber);
                Err(refused)
            }
        };
        (channel, answer, start.cursor)
    }

    fn ask_join(&mut self, newcomers: &[Newcomer]) -> Option<Vec<Result<Mailbox, Refused>>> {
        if newcomers.is_empty() {
            return Some(Vec::new());
        }
        self.ensure_policy().then_some(())?;
        let views: Vec<SubscriberView<'_>> = newcomers
            .iter()
            .map(|n| n.subscriber.view(n.ticket.client))
            .collect();
        let answers: Vec<Admission> = self.policy.call(|p| p.join(&views)).ok()?;
        let mailboxes = answers.into_iter().map(|answer| match answer {
            Ok(bounds) => Ok(self.policy.mailbox(bounds)),
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
        self.wheel.insert(ticket, due_ms);
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
