//! The state of a station: who is there, what waits, where it stands in the log.

use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use umbel_event::{EventId, Offset};
use umbel_routing::Client;

use super::Station;
use super::concatenation::Concatenation;
use super::feeding::{PAGE_CLIENTS_MAX, PAGE_EVENTS_MAX};
use super::frames::Frames;
use super::grants::GrantSets;
use super::meter::Meter;
use super::newcomer::Suspects;
use super::registry::{Registry, Ticket};
use super::routing::{BATCH_EVENTS_FIRST, BATCH_EVENTS_MAX, Round};
use super::seat::{JOINS_FIRST, JOINS_MAX};
use super::seats::Seats;
use super::share::{LONG_PART, Rate, Share};
use super::slice::Slice;
use super::subscriber::{Position, Subscriber};
use super::ticking::Reported;
use super::trouble::Trouble;
use super::verdicts::Posting;
use crate::metrics::{LeaveReason, Tally};
use crate::spread::{seed_of, spread};
use crate::stations::Stations;
use crate::{Tenant, TenantConfig};

/// Clients of the first `leave` call, ...
const LEAVES_FIRST: usize = 256;
/// ... and of any one.
const LEAVES_MAX: usize = 65_536;

/// The state of a station.
pub(crate) struct Core {
    pub(crate) tenant: Arc<Tenant>,
    /// What the operator decides, as of `generation`.
    pub(crate) config: Arc<TenantConfig>,
    /// Which state of the tenant's components it follows.
    pub(crate) generation: u64,
    pub(crate) stations: Rc<Stations>,
    pub(crate) station: Weak<Station>,
    pub(crate) registry: Registry,
    pub(crate) seats: Seats,
    /// How many policies there were; wraps. See [`Subscriber::keep_up`].
    pub(crate) policies: u8,
    pub(crate) share: Share,
    /// Milliseconds for which no component is called, since the tenant's share is used up.
    pub(crate) wait_ms: u64,
    /// Whether the station waits for that: once it is over, it has its turn before publishers who wait as well.
    pub(crate) turn_owed: bool,
    /// What a component failed on, until it is dealt with.
    pub(crate) trouble: Option<Trouble>,
    pub(crate) suspects: Suspects,
    /// How many newcomers the policy is told of at once, ...
    pub(crate) joins: Slice,
    /// ... how many who left, ...
    pub(crate) leaves: Slice,
    /// ... on how many events it decides, ...
    pub(crate) routes: Slice,
    /// ... and how often, a client and an event each, for those who are fed.
    pub(crate) selects: Slice,
    pub(crate) grant_sets: GrantSets,
    pub(crate) frames: Frames,
    pub(crate) concatenation: Concatenation,
    pub(crate) tally: Tally,
    pub(crate) reported: Reported,
    /// The next event to route; none while nobody is there. What is before it is in mailboxes or on its
    /// way there.
    pub(crate) cursor: Option<Offset>,
    /// Bytes ever appended up to the cursor.
    pub(crate) routed_bytes: u64,
    /// The routed batch that is on its way into mailboxes.
    pub(crate) round: Option<Round>,
    /// The newest public event that was handed round: where a checkpoint may move a client to.
    pub(crate) last_public: Option<(Offset, EventId)>,
    /// Who has something new waiting and is to be served.
    pub(crate) dirty: VecDeque<Ticket>,
    /// Who has something waiting: looked through for those who take nothing.
    pub(crate) watched: Vec<Ticket>,
    /// Who has left and the policy has not been told of.
    pub(crate) leaving: Vec<Client>,
    /// How many are fed from the log.
    pub(crate) fed: usize,
    /// Who asks for a page of the log.
    pub(crate) hungry: Vec<Ticket>,
    /// Who does while there is no policy to ask.
    pub(crate) parked: Vec<Ticket>,
    /// Where a page began that the policy failed on.
    pub(crate) page_trouble: Option<Offset>,
    /// Unix time in milliseconds at which the current step began.
    pub(crate) now: u64,
    /// Of what is spread over those present.
    pub(crate) seed: u64,
    /// Whether it is known when each of them is sent elsewhere.
    pub(crate) drained: bool,
    /// When a closing hub ends its streams, whatever still waits.
    pub(crate) over_ms: Option<u64>,
}

impl Core {
    pub(crate) fn new(
        tenant: &Arc<Tenant>,
        stations: &Rc<Stations>,
        station: &Weak<Station>,
    ) -> Self {
        let now_ms = tenant.now_ms();
        let meter = Rc::new(Meter::new(tenant.name(), Arc::clone(&tenant.metrics)));
        Self {
            tenant: Arc::clone(tenant),
            config: tenant.config(),
            // Looked at before anything else: something may be on its way.
            generation: u64::MAX,
            stations: Rc::clone(stations),
            station: Weak::clone(station),
            registry: Registry::default(),
            seats: Seats::new(&tenant.components.state(), meter),
            policies: 0,
            share: Share::default(),
            wait_ms: 0,
            turn_owed: false,
            trouble: None,
            suspects: Suspects::default(),
            joins: Slice::new(JOINS_FIRST, JOINS_MAX),
            leaves: Slice::new(LEAVES_FIRST, LEAVES_MAX),
            routes: Slice::new(BATCH_EVENTS_FIRST, BATCH_EVENTS_MAX),
            selects: Slice::new(PAGE_EVENTS_MAX, PAGE_CLIENTS_MAX * PAGE_EVENTS_MAX),
            grant_sets: GrantSets::default(),
            frames: Frames::default(),
            concatenation: Concatenation::default(),
            tally: Tally::new(),
            reported: Reported::default(),
            cursor: None,
            routed_bytes: 0,
            round: None,
            last_public: None,
            dirty: VecDeque::new(),
            watched: Vec::new(),
            leaving: Vec::new(),
            fed: 0,
            hungry: Vec::new(),
            parked: Vec::new(),
            page_trouble: None,
            now: now_ms,
            seed: seed_of(tenant.around.hub.seed, tenant.name(), stations.shard()),
            drained: false,
            over_ms: None,
        }
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.tenant.now_ms()
    }

    /// Whether components have taken so long since that was last settled that the others of the shard are to
    /// have their turn.
    pub(crate) fn has_taken_long(&self) -> bool {
        self.seats.meter.spent() >= self.config.components.deadline / LONG_PART
    }

    /// Takes what components have spent since it was last asked out of the tenant's share.
    pub(crate) fn settle_share(&mut self) {
        let components = &self.config.components;
        let rate = self.tenant.share_percent(&self.config).map(|percent| Rate {
            percent,
            deadline: components.deadline,
        });
        let spent_us = self.seats.meter.take_spent_us();
        self.wait_ms = self.share.settle(spent_us, rate, self.now_ms());
    }

    /// The registry, and all that putting frames into mailboxes takes.
    pub(crate) fn posting(&mut self) -> (&mut Registry, Posting<'_>) {
        let posting = Posting {
            frames: &mut self.frames,
            tally: &mut self.tally,
            dirty: &mut self.dirty,
            watched: &mut self.watched,
            fed: &mut self.fed,
            tenant: self.tenant.name(),
        };
        (&mut self.registry, posting)
    }

    /// Takes a subscriber out: its mailbox is emptied, its stream finds itself ended, and the policy
    /// is told with the next `leave`. Nothing happens where it has gone already.
    pub(crate) fn end(&mut self, ticket: Ticket, reason: LeaveReason) {
        let Some(mut subscriber) = self.registry.depart(ticket) else {
            return;
        };
        subscriber.mailbox.clear(&mut self.frames);
        if matches!(subscriber.position, Position::Fed { .. }) {
            self.fed -= 1;
        }
        if let Some(waker) = subscriber.waker.take() {
            waker.wake();
        }
        self.grant_sets.settle(&subscriber.grants);
        self.leaving.push(ticket.client);
        self.tenant.subscribers.fetch_sub(1, Ordering::Relaxed);
        self.tenant.metrics.subscribers.dec();
        self.tenant.metrics.leave(reason);
    }

    /// The connection of a subscriber has gone.
    pub(crate) fn disconnected(&mut self, ticket: Ticket) {
        let Some(subscriber) = self.registry.get(ticket) else {
            return;
        };
        let given_up = subscriber.outlet.as_ref().is_some_and(|o| o.is_given_up());
        self.end(
            ticket,
            if given_up {
                LeaveReason::Stalled
            } else {
                LeaveReason::Client
            },
        );
    }

    /// Nobody is left: nothing is followed, and the policy's memory is given back.
    pub(crate) fn rest(&mut self) {
        self.cursor = None;
        self.trouble = None;
        self.page_trouble = None;
        if !self.seats.parts.admission {
            self.seats.rest();
        }
        self.dirty = VecDeque::new();
        self.watched = Vec::new();
        self.concatenation = Concatenation::default();
    }

    /// When the stream of a newcomer ends of age: between 80 and 100 % of the longest life, so that
    /// those who came together do not leave together (T11).
    pub(crate) fn age_ends_ms(&self, ticket: Ticket, now_ms: u64) -> u64 {
        let age = crate::clock::millis(self.config.stream.age);
        let early = spread(self.seed, ticket.serial, age / 5 + 1);
        now_ms + age - early
    }

    /// The interned set of grants.
    pub(crate) fn grants(
        &mut self,
        selectors: &Arc<[umbel_selector::Selector]>,
    ) -> Rc<super::grants::Grants> {
        self.grant_sets.intern(selectors)
    }
}

/// Notes in the station's lists that something new waits for `subscriber`.
pub(crate) fn mark(
    dirty: &mut VecDeque<Ticket>,
    watched: &mut Vec<Ticket>,
    client: Client,
    subscriber: &mut Subscriber,
) {
    let ticket = Ticket {
        client,
        serial: subscriber.serial,
    };
    if !subscriber.flags.dirty {
        subscriber.flags.dirty = true;
        dirty.push_back(ticket);
    }
    // What the station writes by itself waits only while the kernel takes nothing: the connection has a
    // deadline for that.
    if !subscriber.flags.watched && !subscriber.writes_itself() {
        subscriber.flags.watched = true;
        watched.push(ticket);
    }
}
