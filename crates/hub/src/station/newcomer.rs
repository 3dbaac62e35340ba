//! Someone who wants to join, until that is settled.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::atomic::Ordering;

use tokio::sync::oneshot;
use umbel_event::Offset;
use umbel_routing::{MailboxBounds, Verdict, WhenFull};

use super::core::Core;
use super::gap::Gap;
use super::inbox::{COME_BACK_MS, Join};
use super::mailbox::Mailbox;
use super::registry::Ticket;
use super::subscriber::{Flags, Position, Subscriber, Times};
use crate::metrics::LeaveReason;
use crate::{Framing, Opened, Outlet, Refused, Subscription};

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
pub(crate) struct Newcomer {
    pub(crate) ticket: Ticket,
    pub(crate) subscriber: Box<Subscriber>,
    pub(crate) start: Start,
    pub(crate) answer: Channel,
}

/// What a newcomer is answered.
pub(crate) type Answer = Result<LetIn, Refused>;

/// A newcomer that was let in or turned away: where to, what, and the `Last-Event-ID` to send.
pub(crate) type Settled = (Channel, Answer, Option<String>);

/// What the stream of one that was let in is made of.
pub(crate) struct LetIn {
    pub(crate) ticket: Ticket,
    pub(crate) framing: Framing,
    pub(crate) outlet: Option<Rc<Outlet>>,
}

pub(crate) type Channel = oneshot::Sender<Result<Opened, Refused>>;

/// Newcomers whom the policy has failed on together: each is asked about alone, with an instance that
/// knows everyone else.
#[derive(Default)]
pub(crate) struct Suspects {
    pub(crate) newcomers: VecDeque<Newcomer>,
    pub(crate) failures: usize,
}

impl Suspects {
    /// Whether there is anyone.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.newcomers.is_empty()
    }
}

impl Core {
    /// A handle for a newcomer, where there is room.
    pub(crate) fn welcome(&mut self, join: Join) -> Result<Newcomer, (Channel, Refused)> {
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
                ends_for: match token_ends_ms <= age_ends_ms {
                    true => LeaveReason::Expired,
                    false => LeaveReason::Age,
                },
                stalled_ms: None,
            },
            flags: Flags {
                policies: self.policies,
                ..Flags::default()
            },
        })
    }

    /// Bounds of a mailbox that no policy was asked about.
    pub(crate) fn unasked(&self) -> MailboxBounds {
        MailboxBounds {
            events_max: self.config.mailbox.events_max,
            bytes_max: self.config.mailbox.bytes_max,
            when_full: WhenFull::Always(Verdict::CatchUp),
        }
    }
}
