//! What each of those who share a page of the log gets of it.

use std::sync::Arc;

use umbel_eventlog::Entry;
use umbel_routing::{Call, Client, Export, Fault};
use umbel_sse::Frame;

use super::batch::BatchTopics;
use super::core::Core;
use super::frames::{FrameNumber, Frames};
use super::grants::Decided;
use super::registry::Ticket;
use super::viewing::split;

/// What each of those who share a page gets of it: places in the page, in order, and what goes out
/// instead of the event's own frame.
pub(crate) struct Helpings {
    pub(crate) of: Vec<Vec<(usize, Option<Frame>)>>,
    /// Frames of events as they are, made when the first one gets it.
    whole: Vec<Option<FrameNumber>>,
    /// Every frame that was made, held until all have what they get.
    held: Vec<FrameNumber>,
}

impl Helpings {
    /// The number of what one gets. A frame is made for what someone gets, not for all that is looked
    /// through.
    pub(crate) fn number(
        &mut self,
        entry: &Arc<Entry>,
        index: usize,
        frame: Option<Frame>,
        frames: &mut Frames,
    ) -> FrameNumber {
        if frame.is_none()
            && let Some(number) = self.whole[index]
        {
            return number;
        }
        let is_whole = frame.is_none();
        let number = frames.held_as(entry, frame);
        self.held.push(number);
        if is_whole {
            self.whole[index] = Some(number);
        }
        number
    }

    /// All have what they get.
    pub(crate) fn release(self, frames: &mut Frames) {
        for number in self.held {
            frames.release(number);
        }
    }
}

impl Core {
    /// What each of `tickets` gets of `page`.
    pub(crate) fn helpings(
        &mut self,
        tickets: &[Ticket],
        page: &[Arc<Entry>],
    ) -> Result<Helpings, Fault> {
        let mut helpings = Helpings {
            of: vec![Vec::new(); tickets.len()],
            whole: vec![None; page.len()],
            held: Vec::new(),
        };
        if page.is_empty() || tickets.is_empty() {
            return Ok(helpings);
        }
        let selected = self.select(tickets, page)?;
        if !self.seats.has_views() {
            let whole = |indexes: Vec<usize>| indexes.into_iter().map(|i| (i, None)).collect();
            helpings.of = selected.into_iter().map(whole).collect();
            return Ok(helpings);
        }
        // Those who share a page are in the order of their handles where audiences need them.
        let mut places: Vec<(Client, usize)> = tickets
            .iter()
            .enumerate()
            .map(|(i, t)| (t.client, i))
            .collect();
        places.sort_unstable();
        let mut audiences: Vec<Vec<Client>> = vec![Vec::new(); page.len()];
        for &(client, place) in &places {
            for &index in &selected[place] {
                audiences[index].push(client);
            }
        }
        let topics = BatchTopics::of(page);
        let events = topics.views(page);
        let views = self.ask_tailor(&events, &audiences)?;
        let answered = page.iter().zip(&audiences).zip(views).enumerate();
        for (index, ((entry, audience), views)) in answered {
            for portion in split(entry, audience, views, &mut self.tally) {
                for client in portion.audience {
                    if let Ok(at) = places.binary_search_by_key(&client, |(client, _)| *client) {
                        helpings.of[places[at].1].push((index, portion.frame.clone()));
                    }
                }
            }
        }
        Ok(helpings)
    }

    /// Which of the page each may have, whatever it will be shown of that.
    fn select(
        &mut self,
        tickets: &[Ticket],
        page: &[Arc<Entry>],
    ) -> Result<Vec<Vec<usize>>, Fault> {
        let clients: Vec<Client> = tickets.iter().map(|t| t.client).collect();
        let topics = BatchTopics::of(page);
        let views = topics.views(page);
        let now_ms = self.now_ms();
        let policy = &mut self.seats.policy;
        let answer = policy.call(Export::Select, now_ms, |p| p.select(&clients, &views));
        let heard = Call::Select(&clients, &views, answer.as_deref());
        self.seats.heard(&heard);
        let selected = answer?;
        let mut decided: Vec<Decided> = page
            .iter()
            .map(|_| Decided::new(&self.seats.meter))
            .collect();
        let mut allowed = Vec::with_capacity(tickets.len());
        for (&ticket, indexes) in tickets.iter().zip(selected) {
            let Some(subscriber) = self.registry.get(ticket) else {
                allowed.push(Vec::new());
                continue;
            };
            let mut may = |index: u32| {
                let index = index as usize;
                let event = &page.get(index)?.event;
                let granted = !event.private || decided[index].may(&subscriber.grants, event);
                granted.then_some(index)
            };
            allowed.push(indexes.into_iter().filter_map(&mut may).collect());
        }
        Ok(allowed)
    }
}
