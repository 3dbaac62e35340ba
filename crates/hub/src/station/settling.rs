//! What becomes of newcomers once the policy has answered.

use std::sync::atomic::Ordering;

use umbel_event::Offset;
use umbel_routing::MailboxBounds;

use super::core::{Core, mark};
use super::mailbox::Mailbox;
use super::newcomer::{LetIn, Newcomer, Settled, Start};
use super::registry::Ticket;
use super::subscriber::{Position, Subscriber};
use crate::Refused;
use crate::link::Link;

impl Core {
    pub(crate) fn settle_all(
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
    pub(crate) fn refuse(&mut self, newcomer: Newcomer, refused: Refused) -> Settled {
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
