//! Who is connected: the slab that hands out the handles that a policy knows.

use slab::Slab;
use umbel_routing::{Client, SubscriberView};

use super::subscriber::Subscriber;

/// Handles that one station may have in use, in all.
pub(crate) const SUBSCRIBERS_MAX: usize = 1 << 22;

/// How often one audience may name each handle: a policy may do so once for each selector that matches.
const NAMED_MAX: usize = 256;

/// A handle, and which of its users is meant: handles are used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) client: Client,
    pub(crate) serial: u64,
}

/// Who is connected. A handle becomes free only when the policy has been told that its user left.
#[derive(Default)]
pub(crate) struct Registry {
    slots: Slab<Slot>,
    present: usize,
    serials: u64,
    /// One past the highest handle in use since it was last empty.
    end: usize,
}

enum Slot {
    /// Handed out; the policy has not answered yet.
    Joining,
    Present(Box<Subscriber>),
    /// Gone; the policy has not been told yet.
    Leaving,
}

/// Why a handle names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Absent {
    /// It was never handed out, or its user is long gone.
    Unknown,
    /// Its user has just gone.
    Departed,
}

impl Registry {
    /// A handle for someone who wants to join; none where all are in use.
    pub(crate) fn reserve(&mut self) -> Option<Ticket> {
        if self.slots.len() >= SUBSCRIBERS_MAX {
            return None;
        }
        self.serials += 1;
        let key = self.slots.insert(Slot::Joining);
        self.end = self.end.max(key + 1);
        let client = Client(u32::try_from(key).ok()?);
        Some(Ticket {
            client,
            serial: self.serials,
        })
    }

    /// The policy let it in.
    pub(crate) fn admit(&mut self, client: Client, subscriber: Box<Subscriber>) {
        self.slots[client.index()] = Slot::Present(subscriber);
        self.present += 1;
    }

    /// It goes; its handle stays taken until [`Self::free`].
    pub(crate) fn depart(&mut self, ticket: Ticket) -> Option<Box<Subscriber>> {
        self.get(ticket)?;
        let slot = self.slots.get_mut(ticket.client.index())?;
        let Slot::Present(subscriber) = std::mem::replace(slot, Slot::Leaving) else {
            return None;
        };
        self.present -= 1;
        Some(subscriber)
    }

    /// Its handle may be used again.
    pub(crate) fn free(&mut self, client: Client) {
        self.slots.try_remove(client.index());
        if self.slots.is_empty() {
            self.slots = Slab::new();
            self.end = 0;
        }
    }

    /// At most `max` of those present, from handle `from` on, and the handle that comes after them.
    pub(crate) fn slice(&self, from: usize, max: usize) -> (Vec<Ticket>, usize) {
        let mut tickets = Vec::new();
        let mut next = from;
        while next < self.end && tickets.len() < max {
            if let Some(Slot::Present(subscriber)) = self.slots.get(next) {
                tickets.push(Ticket {
                    client: handle(next),
                    serial: subscriber.serial,
                });
            }
            next += 1;
        }
        (tickets, next)
    }

    /// What a component is told of these, all of whom are present.
    pub(crate) fn views(&self, tickets: &[Ticket]) -> Vec<SubscriberView<'_>> {
        let view = |t: &Ticket| Some(self.get(*t)?.view(t.client));
        tickets.iter().filter_map(view).collect()
    }

    /// The one that `ticket` means, if it is still there.
    pub(crate) fn get(&self, ticket: Ticket) -> Option<&Subscriber> {
        match self.slots.get(ticket.client.index()) {
            Some(Slot::Present(s)) if s.serial == ticket.serial => Some(s),
            _ => None,
        }
    }

    /// As [`Self::get`].
    pub(crate) fn get_mut(&mut self, ticket: Ticket) -> Option<&mut Subscriber> {
        match self.slots.get_mut(ticket.client.index()) {
            Some(Slot::Present(s)) if s.serial == ticket.serial => Some(s),
            _ => None,
        }
    }

    /// Whoever has this handle now: handles in answers of a policy are hostile.
    pub(crate) fn lookup(&mut self, client: Client) -> Result<&mut Subscriber, Absent> {
        match self.slots.get_mut(client.index()) {
            Some(Slot::Present(s)) => Ok(s),
            Some(Slot::Joining | Slot::Leaving) => Err(Absent::Departed),
            None => Err(Absent::Unknown),
        }
    }

    /// Looks at all of these at once, before each is dealt with in its turn: their memory comes together
    /// instead of one after the other, since between two deliveries the kernel has used the caches.
    pub(crate) fn warm(&self, clients: &[Client]) {
        let seen = clients.iter().map(|client| {
            let slot = self.slots.get(client.index());
            slot.map_or(0, |slot| match slot {
                Slot::Present(subscriber) => subscriber.warm(),
                Slot::Joining | Slot::Leaving => 0,
            })
        });
        std::hint::black_box(seen.fold(0, u32::wrapping_add));
    }

    /// Everyone who is present.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Client, &Subscriber)> {
        self.slots.iter().filter_map(|(i, slot)| match slot {
            Slot::Present(s) => Some((handle(i), &**s)),
            Slot::Joining | Slot::Leaving => None,
        })
    }

    /// As [`Self::iter`].
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (Client, &mut Subscriber)> {
        self.slots.iter_mut().filter_map(|(i, slot)| match slot {
            Slot::Present(s) => Some((handle(i), &mut **s)),
            Slot::Joining | Slot::Leaving => None,
        })
    }

    /// Takes out of an audience what cannot mean anybody: handles that were never handed out, and what is left
    /// where everybody was named over and over. Answers how many those were.
    pub(crate) fn narrow(&self, audience: &mut Vec<Client>) -> usize {
        let named = audience.len();
        audience.retain(|client| client.index() < self.end);
        audience.truncate(self.end.saturating_mul(NAMED_MAX));
        named - audience.len()
    }

    /// How many are present.
    pub(crate) fn count(&self) -> usize {
        self.present
    }
}

fn handle(index: usize) -> Client {
    Client(u32::try_from(index).unwrap_or(u32::MAX))
}
