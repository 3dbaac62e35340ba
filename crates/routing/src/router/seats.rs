//! Where every client stands.

use super::group::{GroupId, Place};
use crate::Client;

/// Clients whose seats are allocated together: what one handle can cost at most.
const PAGE_SEATS: usize = 256;

/// The places of every client, by handle. Pages come as handles do, so that neither growing nor a
/// single high handle costs more than a page and the list of pages.
#[derive(Default)]
pub(super) struct Seats {
    pages: Vec<Option<Box<[Seat]>>>,
}

/// The places of one client, ordered by group. Most clients have one selector: they need no
/// allocation of their own.
enum Seat {
    One(Place),
    Several(Box<[Place]>),
}

impl Seats {
    /// The places of `client`; none where it is not known.
    pub(super) fn places(&self, client: Client) -> &[Place] {
        let (page, slot) = locate(client);
        match self.pages.get(page) {
            Some(Some(seats)) => seats[slot].places(),
            _ => &[],
        }
    }

    /// Gives `client` these places, which are ordered by group, in place of those it has. The handle
    /// must have been checked against [`crate::Router::CLIENTS_MAX`].
    pub(super) fn put(&mut self, client: Client, places: Vec<Place>) {
        let (page, slot) = locate(client);
        if page >= self.pages.len() {
            self.pages.resize_with(page + 1, || None);
        }
        self.pages[page].get_or_insert_with(empty_page)[slot] = Seat::new(places);
    }

    /// Removes and returns the seat of `client`.
    pub(super) fn take(&mut self, client: Client) -> impl Iterator<Item = Place> + use<> {
        let seat = self
            .seat_mut(client)
            .map(std::mem::take)
            .unwrap_or_default();
        let (one, several) = match seat {
            Seat::One(place) => (Some(place), Box::default()),
            Seat::Several(places) => (None, places),
        };
        one.into_iter().chain(several)
    }

    /// Notes that `client` stands at `position` of `group` now.
    pub(super) fn relocate(&mut self, client: Client, group: GroupId, position: u32) {
        let places = match self.seat_mut(client) {
            Some(Seat::One(place)) => std::slice::from_mut(place),
            Some(Seat::Several(places)) => places,
            None => return,
        };
        if let Ok(found) = places.binary_search_by_key(&group, |p| p.group) {
            places[found].position = position;
        }
    }

    fn seat_mut(&mut self, client: Client) -> Option<&mut Seat> {
        let (page, slot) = locate(client);
        self.pages
            .get_mut(page)?
            .as_mut()
            .map(|seats| &mut seats[slot])
    }
}

impl Seat {
    fn new(places: Vec<Place>) -> Self {
        match places[..] {
            [place] => Self::One(place),
            _ => Self::Several(places.into()),
        }
    }

    fn places(&self) -> &[Place] {
        match self {
            Self::One(place) => std::slice::from_ref(place),
            Self::Several(places) => places,
        }
    }
}

impl Default for Seat {
    fn default() -> Self {
        Self::Several(Box::default())
    }
}

fn locate(client: Client) -> (usize, usize) {
    (client.index() / PAGE_SEATS, client.index() % PAGE_SEATS)
}

fn empty_page() -> Box<[Seat]> {
    std::iter::repeat_with(Seat::default)
        .take(PAGE_SEATS)
        .collect()
}
