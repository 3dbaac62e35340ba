//! The stations of one shard, and what time brings them.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use crate::Tenant;
use crate::rooms::Question;
use crate::station::{Station, Ticket};
use crate::tenant::Surroundings;
use crate::wheel::Wheel;

/// Stations that give up idle instances in one turn of the wheel: dropping one takes tens of microseconds,
/// and those who joined together become idle together.
const RESTS_PER_TURN_MAX: usize = 64;

/// The stations of one shard. One is made when it is first needed, and stays until its tenant goes.
///
/// Whoever has nothing to wait for is not looked at: the wheel knows when each subscriber is due, and a
/// station that has done something since stands among the restless until it has come to rest.
pub(crate) struct Stations {
    shard: usize,
    around: Arc<Surroundings>,
    by_tenant: RefCell<HashMap<*const Tenant, Rc<Station>>>,
    wheel: RefCell<Wheel<Due>>,
    restless: RefCell<Vec<Rc<Station>>>,
    /// Whose instances may have become idle.
    idle: RefCell<VecDeque<Weak<Station>>>,
    /// What else is done with every turn.
    each_turn: RefCell<Option<Box<dyn Fn()>>>,
}

/// What is to be looked at of a station.
struct Due {
    station: Weak<Station>,
    what: What,
}

enum What {
    /// A subscriber.
    Subscriber(Ticket),
    /// Whether its instances are idle.
    Instances,
}

impl Stations {
    pub(crate) fn new(shard: usize, around: Arc<Surroundings>) -> Rc<Self> {
        Rc::new(Self {
            shard,
            by_tenant: RefCell::default(),
            wheel: RefCell::new(Wheel::new(around.clock.now_ms())),
            around,
            restless: RefCell::default(),
            idle: RefCell::default(),
            each_turn: RefCell::default(),
        })
    }

    pub(crate) fn shard(&self) -> usize {
        self.shard
    }

    /// The station of `tenant`, made and started where there is none.
    pub(crate) fn of(self: &Rc<Self>, tenant: &Arc<Tenant>) -> Rc<Station> {
        let key = Arc::as_ptr(tenant);
        if let Some(station) = self.by_tenant.borrow().get(&key) {
            return Rc::clone(station);
        }
        let station = Station::new(Arc::clone(tenant), self.shard, self);
        self.by_tenant.borrow_mut().insert(key, Rc::clone(&station));
        let (runs, stations) = (Rc::clone(&station), Rc::clone(self));
        tokio::task::spawn_local(async move {
            runs.run().await;
            stations.by_tenant.borrow_mut().remove(&key);
        });
        station
    }

    /// Has `ticket` of `station` looked at once `due_ms` has come.
    pub(crate) fn look_at(&self, station: &Weak<Station>, ticket: Ticket, due_ms: u64) {
        self.insert(station, What::Subscriber(ticket), due_ms);
    }

    /// Has `station` asked for idle instances once `due_ms` has come.
    pub(crate) fn look_for_idle(&self, station: &Weak<Station>, due_ms: u64) {
        self.insert(station, What::Instances, due_ms);
    }

    fn insert(&self, station: &Weak<Station>, what: What, due_ms: u64) {
        let station = Weak::clone(station);
        let due = Due { station, what };
        self.wheel.borrow_mut().insert(due, due_ms);
    }

    /// `station` has something that time may bring on.
    pub(crate) fn stir(&self, station: &Rc<Station>) {
        self.restless.borrow_mut().push(Rc::clone(station));
    }

    /// Has `act` called with every turn of the wheel.
    pub(crate) fn on_each_turn(&self, act: Box<dyn Fn()>) {
        *self.each_turn.borrow_mut() = Some(act);
    }

    /// One turn of the wheel.
    pub(crate) fn tick(&self) {
        let due = self.wheel.borrow_mut().advance(self.around.clock.now_ms());
        for Due { station, what } in due {
            match (what, station.upgrade()) {
                (What::Subscriber(ticket), Some(station)) => station.turn(ticket),
                (What::Instances, Some(_)) => self.idle.borrow_mut().push_back(station),
                (_, None) => {}
            }
        }
        self.give_up_idle();
        let restless = std::mem::take(&mut *self.restless.borrow_mut());
        for station in restless {
            if station.tick() {
                self.stir(&station);
            }
        }
        if let Some(act) = &*self.each_turn.borrow() {
            act();
        }
    }

    fn give_up_idle(&self) {
        for _ in 0..RESTS_PER_TURN_MAX {
            let next = self.idle.borrow_mut().pop_front();
            let Some(station) = next else {
                return;
            };
            if let Some(station) = station.upgrade() {
                station.rest_when_idle();
            }
        }
    }

    /// Has the tenant that is idle longest, on whatever shard, give its instances up for `seeker`, which is told
    /// later whether one has.
    pub(crate) fn seek_room(self: &Rc<Self>, seeker: Rc<Station>) {
        let stations = Rc::clone(self);
        tokio::task::spawn_local(async move {
            let found = stations.make_room(&seeker).await;
            seeker.room_sought(found);
        });
    }

    async fn make_room(&self, seeker: &Station) -> bool {
        let rooms = &self.around.rooms;
        let elsewhere = rooms.longest_idle(self.shard).await;
        let here = self.longest_idle(Some(seeker));
        match (here, elsewhere) {
            (Some((here_ms, station)), elsewhere)
                if elsewhere.is_none_or(|(elsewhere_ms, _)| here_ms <= elsewhere_ms) =>
            {
                station.rest()
            }
            (_, Some((_, shard))) => rooms.give_up(shard).await,
            _ => false,
        }
    }

    /// Answers another shard that looks for room.
    pub(crate) fn answer(&self, question: Question) {
        // Whoever asked may wait no longer.
        match question {
            Question::IdleSince(answer) => {
                let longest = self.longest_idle(None);
                _ = answer.send(longest.map(|(since_ms, _)| since_ms));
            }
            Question::GiveUp(answer) => {
                let longest = self.longest_idle(None);
                _ = answer.send(longest.is_some_and(|(_, station)| station.rest()));
            }
        }
    }

    /// The station, other than `seeker`, that has not used its instances for the longest time, and since when.
    fn longest_idle(&self, seeker: Option<&Station>) -> Option<(u64, Rc<Station>)> {
        let stations = self.by_tenant.borrow();
        let others = stations
            .values()
            .filter(|station| !seeker.is_some_and(|seeker| std::ptr::eq(&***station, seeker)));
        let idle = others.filter_map(|station| Some((station.idle_since_ms()?, station)));
        let (since_ms, station) = idle.min_by_key(|(since_ms, _)| *since_ms)?;
        Some((since_ms, Rc::clone(station)))
    }
}
