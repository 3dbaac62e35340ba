//! Replay and catch-up: pages of the log for those who are behind, at the pace of their sockets.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use umbel_event::Offset;
use umbel_eventlog::{Entry, PageLimits, ReadError};

use super::Station;
use super::core::{Core, mark};
use super::gap::{Gap, GapCause};
use super::registry::Ticket;
use super::subscriber::Position;

/// Events in one page.
pub(crate) const PAGE_EVENTS_MAX: usize = 256;
/// Bytes in one page.
const PAGE_BYTES_MAX: usize = 256 << 10;
/// Clients that share one `select` call.
pub(crate) const PAGE_CLIENTS_MAX: usize = 256;
/// Pages in a row before live events get their turn.
const PAGES_STEP: usize = 8;

impl Station {
    /// Feeds those who ask for more: whoever stands at the same place shares a page.
    pub(crate) async fn feed(&self) {
        let hungry = self.core.borrow_mut().take_hungry();
        if hungry.is_empty() {
            return;
        }
        // While there is no one to ask, they wait where they are.
        if !self.core.borrow().may_select() {
            self.core.borrow_mut().parked.extend(hungry);
            return;
        }
        let mut groups = self.core.borrow_mut().group(&hungry).into_iter();
        for (next, tickets) in groups.by_ref().take(PAGES_STEP) {
            self.feed_page(next, &tickets).await;
            let core = self.core.borrow();
            if core.has_taken_long() || !core.may_select() {
                break;
            }
        }
        let mut core = self.core.borrow_mut();
        for (_, tickets) in groups {
            core.hungry.extend(tickets);
        }
    }

    async fn feed_page(&self, next: Offset, tickets: &[Ticket]) {
        let cursor = self.core.borrow().cursor;
        let Some(before) = cursor.filter(|&cursor| !has_caught_up(next, cursor)) else {
            // Between this step and going live nothing can be routed: no gap, no duplicate.
            self.core.borrow_mut().go_live(tickets, next);
            return;
        };
        let events = self.core.borrow().selects.len() / tickets.len().max(1);
        let limits = PageLimits {
            events: events.clamp(1, PAGE_EVENTS_MAX),
            bytes: PAGE_BYTES_MAX,
            before,
        };
        let still_hungry = match self.tenant.log.read(next, limits).await {
            Ok(page) => self.core.borrow_mut().deliver(tickets, &page, before),
            Err(ReadError::Trimmed { first }) => {
                self.core.borrow_mut().skip(tickets, next, first);
                tickets.to_vec()
            }
            Err(ReadError::Backend(detail)) => {
                tracing::error!(tenant = self.tenant.name(), %detail, "the log cannot be read");
                self.core.borrow_mut().ask_later(tickets);
                Vec::new()
            }
        };
        self.core.borrow_mut().hungry.extend(still_hungry);
    }
}

/// Whether a client whose next event is `next` has nothing left to be fed, where everything before
/// `cursor` has been routed.
fn has_caught_up(next: Offset, cursor: Offset) -> bool {
    // The planted fault goes live one event early, which is then in nobody's audience: the tests of
    // replay have to notice. See `cargo xtask planted`.
    if cfg!(feature = "planted-handover") {
        next.next() >= cursor
    } else {
        next >= cursor
    }
}

impl Core {
    /// The hungry, grouped by where they stand, the furthest behind first.
    fn group(&mut self, hungry: &[Ticket]) -> Vec<(Offset, Vec<Ticket>)> {
        let mut standing: Vec<(Offset, Ticket)> = hungry
            .iter()
            .filter_map(|&t| Some((self.feeding_from(t)?, t)))
            .collect();
        standing.sort_by_key(|(next, _)| *next);
        let clients_max = self.selects.len().clamp(1, PAGE_CLIENTS_MAX);
        let mut groups: Vec<(Offset, Vec<Ticket>)> = Vec::new();
        for (next, ticket) in standing {
            match groups.last_mut() {
                Some((at, tickets)) if *at == next && tickets.len() < clients_max => {
                    tickets.push(ticket);
                }
                _ => groups.push((next, vec![ticket])),
            }
        }
        groups
    }

    fn feeding_from(&self, ticket: Ticket) -> Option<Offset> {
        match self.registry.get(ticket)?.position {
            Position::Fed { next, asked: true } => Some(next),
            Position::Fed { .. } | Position::Live { .. } => None,
        }
    }

    fn go_live(&mut self, tickets: &[Ticket], next: Offset) {
        for &ticket in tickets {
            let Some(subscriber) = self.registry.get_mut(ticket) else {
                continue;
            };
            // A heartbeat may have waited until now.
            subscriber.position = Position::Live { since: next };
            self.fed -= 1;
        }
    }

    /// These ask again with their next heartbeat.
    fn ask_later(&mut self, tickets: &[Ticket]) {
        for &ticket in tickets {
            if let Some(subscriber) = self.registry.get_mut(ticket)
                && let Position::Fed { next, .. } = subscriber.position
            {
                subscriber.position = Position::Fed { next, asked: false };
            }
        }
    }

    /// The log no longer holds what comes next for these.
    fn skip(&mut self, tickets: &[Ticket], next: Offset, first: Offset) {
        for &ticket in tickets {
            let Some(subscriber) = self.registry.get_mut(ticket) else {
                continue;
            };
            subscriber.miss(Gap::new(GapCause::Expired, Some(first.0 - next.0)));
            subscriber.position = Position::Fed {
                next: first,
                asked: true,
            };
            self.tally.gap(GapCause::Expired);
            mark(
                &mut self.dirty,
                &mut self.watched,
                ticket.client,
                subscriber,
            );
        }
    }

    /// Who asks for a page. As soon as there is someone to ask, also those who had to wait for that: before
    /// live events get their turn, on which a component may fail each time.
    fn take_hungry(&mut self) -> Vec<Ticket> {
        let mut hungry = std::mem::take(&mut self.hungry);
        if self.may_select() {
            hungry.append(&mut self.parked);
        }
        hungry
    }

    /// Whether there is someone to ask what those who are fed may have.
    pub(crate) fn may_select(&self) -> bool {
        self.seats.policy.is_ready() && self.seats.views_are_ready()
    }

    /// Puts a page into the mailboxes of those who may have its events; answers who got none of it
    /// and wants the next page.
    fn deliver(&mut self, tickets: &[Ticket], page: &[Arc<Entry>], before: Offset) -> Vec<Ticket> {
        // Offsets may have gaps: an empty page means that there is nothing before the cursor.
        let after = page.last().map_or(before, |e| e.offset.next());
        // Some may have gone while the page was read.
        let tickets: Vec<Ticket> = tickets
            .iter()
            .copied()
            .filter(|&t| self.feeding_from(t).is_some())
            .collect();
        let meter = Rc::clone(&self.seats.meter);
        let (asked, started) = (tickets.len() * page.len(), Instant::now());
        let Ok(mut helpings) = meter.charge(|| self.helpings(&tickets, page)) else {
            self.selects.failed(asked);
            return self.failed_on_page(&tickets, page, after);
        };
        let deadline = self.deadline();
        self.selects.took(asked, started.elapsed(), deadline);
        let first = page.first().map(|entry| entry.offset);
        self.page_trouble.take_if(|at| Some(*at) == first);
        let mut still_hungry = Vec::new();
        for (&ticket, indexes) in tickets.iter().zip(std::mem::take(&mut helpings.of)) {
            let (registry, mut posting) = self.posting();
            let Some(subscriber) = registry.get_mut(ticket) else {
                continue;
            };
            for (index, frame) in indexes {
                let Some(entry) = page.get(index) else {
                    continue;
                };
                subscriber.offered = entry.offset;
                let number = helpings.number(entry, index, frame, posting.frames);
                posting.post(ticket.client, subscriber, number);
            }
            let asked = subscriber.mailbox.is_empty();
            subscriber.position = Position::Fed { next: after, asked };
            if asked {
                still_hungry.push(ticket);
            }
        }
        helpings.release(&mut self.frames);
        still_hungry
    }

    /// Tries again later, with a new instance and less of the page; after that it is withheld from them.
    fn failed_on_page(
        &mut self,
        tickets: &[Ticket],
        page: &[Arc<Entry>],
        after: Offset,
    ) -> Vec<Ticket> {
        let Some(first) = page.first().map(|entry| entry.offset) else {
            return tickets.to_vec();
        };
        if self.page_trouble.replace(first) == Some(first) {
            self.page_trouble = None;
            return self.withhold_page(tickets, page, after);
        }
        tickets.to_vec()
    }

    fn withhold_page(
        &mut self,
        tickets: &[Ticket],
        page: &[Arc<Entry>],
        after: Offset,
    ) -> Vec<Ticket> {
        for &ticket in tickets {
            let Some(subscriber) = self.registry.get_mut(ticket) else {
                continue;
            };
            subscriber.miss(Gap::new(GapCause::Withheld, Some(page.len() as u64)));
            subscriber.position = Position::Fed {
                next: after,
                asked: true,
            };
            self.tally.gap(GapCause::Withheld);
            mark(
                &mut self.dirty,
                &mut self.watched,
                ticket.client,
                subscriber,
            );
        }
        tickets.to_vec()
    }
}
