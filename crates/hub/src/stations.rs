//! The stations of one shard, and what time brings them.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use crate::Tenant;
use crate::clock::Clock;
use crate::station::{Station, Ticket};
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
    clock: Clock,
    by_tenant: RefCell<HashMap<*const Tenant, Rc<Station>>>,
    wheel: RefCell<Wheel<Due>>,
    restless: RefCell<Vec<Rc<Station>>>,
    /// Whose instances may have become idle.
    idle: RefCell<VecDeque<Weak<Station>>>,
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
    pub(crate) fn new(shard: usize, clock: Clock) -> Rc<Self> {
        Rc::new(Self {
            shard,
            clock,
            by_tenant: RefCell::default(),
            wheel: RefCell::new(Wheel::new(clock.now_ms())),
            restless: RefCell::default(),
            idle: RefCell::default(),
        })
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

    /// One turn of the wheel.
    pub(crate) fn tick(&self) {
        let due = self.wheel.borrow_mut().advance(self.clock.now_ms());
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

    /// Gives up the instances of the station, other than `except`, that has not used its own for the
    /// longest time; false where there is none.
    pub(crate) fn make_room(&self, except: &Station) -> bool {
        let stations = self.by_tenant.borrow();
        let others = stations
            .values()
            .filter(|station| !std::ptr::eq(&***station, except));
        let idle = others.filter_map(|station| Some((station.idle_since_ms()?, station)));
        let longest = idle.min_by_key(|(since_ms, _)| *since_ms);
        longest.is_some_and(|(_, station)| station.rest())
    }
}
