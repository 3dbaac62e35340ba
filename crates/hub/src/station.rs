//! One tenant's subscribers and instances on one shard.
//!
//! The rule of this module: one task, [`Station::run`], makes all decisions, in order; connections only
//! leave word in the inbox, and take what waits for them. The core is borrowed for one step at a time,
//! never over an await.

mod admitting;
mod asking;
mod batch;
mod breaker;
mod candidate;
mod concatenation;
mod core;
mod fan_out;
mod feeding;
mod following;
mod frames;
mod gap;
mod giving;
mod grants;
mod helping;
mod inbox;
mod joining;
mod mailbox;
mod member;
mod meter;
mod newcomer;
mod patience;
mod portion;
mod preparing;
mod registry;
mod routing;
mod seat;
mod seats;
mod settling;
mod shadowing;
mod share;
mod slice;
mod subscriber;
mod sweeping;
mod taking;
mod tapping;
mod telling;
mod ticking;
mod trouble;
mod verdicts;
mod viewing;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use umbel_routing::Client;

pub(crate) use self::gap::{Gap, GapCause};
pub(crate) use self::inbox::{COME_BACK_MS, Join};
pub(crate) use self::newcomer::Start;
pub(crate) use self::registry::Ticket;
pub(crate) use self::sweeping::Served;

use self::core::Core;
use self::inbox::Inbox;
use self::taking::Taken;
use crate::Tenant;
use crate::link::Link;
use crate::metrics::{JoinResult, LeaveReason};
use crate::stations::Stations;

/// Streams that are served before the reactor gets its turn.
const SWEEP_SLICE: usize = 64;

/// Milliseconds in which a closing hub may still deliver what it had accepted.
const FINISH_MS_MAX: u64 = 1_000;

/// How often it looks whether all of that has been taken.
const CLOSING_LOOK: Duration = Duration::from_millis(5);

/// One tenant's subscribers and instances on one shard. Lives on the shard's thread.
pub(crate) struct Station {
    pub(crate) tenant: Arc<Tenant>,
    shard: usize,
    stations: Rc<Stations>,
    core: RefCell<Core>,
    inbox: RefCell<Inbox>,
    /// Whether it is looked at with every turn of the wheel.
    restless: Cell<bool>,
    /// Whether the wheel brings up its idle instances.
    waits_to_rest: Cell<bool>,
    /// Whether it seeks room for an instance.
    seeks_room: Cell<bool>,
    /// What its task does next.
    step: Cell<Step>,
    /// Whether its task has ended: nothing comes of what is left here.
    ended: Cell<bool>,
}

/// What a component may be called for.
#[derive(Clone, Copy)]
enum Step {
    SeeOff,
    Prepare,
    Admit,
    Feed,
    Route,
}

impl Step {
    const ALL: [Self; 5] = [
        Self::SeeOff,
        Self::Prepare,
        Self::Admit,
        Self::Feed,
        Self::Route,
    ];

    const fn next(self) -> Self {
        Self::ALL[(self as usize + 1) % Self::ALL.len()]
    }
}

impl Station {
    pub(crate) fn new(tenant: Arc<Tenant>, shard: usize, stations: &Rc<Stations>) -> Rc<Self> {
        // Before the tenant's components are looked at: what changes after that is for it too.
        tenant.links[shard].attach();
        Rc::new_cyclic(|station| Self {
            core: RefCell::new(Core::new(&tenant, stations, station)),
            tenant,
            shard,
            stations: Rc::clone(stations),
            inbox: RefCell::default(),
            restless: Cell::new(false),
            waits_to_rest: Cell::new(false),
            seeks_room: Cell::new(false),
            step: Cell::new(Step::SeeOff),
            ended: Cell::new(false),
        })
    }

    /// Does all there is to do, until the tenant has closed and everyone has gone.
    pub(crate) async fn run(self: Rc<Self>) {
        loop {
            self.stir();
            if self.tenant.is_closing() && self.has_finished() {
                self.end_everyone(LeaveReason::Drain);
            }
            self.follow();
            self.take_departures();
            let wait = self.settle_share();
            if wait.is_none() {
                self.take_steps().await;
            }
            let served_all = self.core.borrow_mut().sweep(SWEEP_SLICE);
            let closing = self.tenant.is_closing();
            if closing && self.is_deserted() {
                return self.finish();
            }
            if !served_all || (wait.is_none() && self.has_work()) {
                tokio::task::yield_now().await;
            } else if closing {
                self.wait(Some(CLOSING_LOOK)).await;
            } else {
                self.wait(wait).await;
            }
        }
    }

    /// Takes one step of each kind, or fewer where they take long: the others of the shard get their turn in
    /// between, and it goes on with the next kind.
    async fn take_steps(self: &Rc<Self>) {
        self.core.borrow_mut().turn_owed = false;
        for _ in Step::ALL {
            let step = self.step.replace(self.step.get().next());
            match step {
                Step::SeeOff => self.see_off(),
                Step::Prepare => self.prepare(),
                Step::Admit => self.admit(),
                Step::Feed => self.feed().await,
                Step::Route => self.route().await,
            }
            if self.core.borrow().has_taken_long() {
                return;
            }
        }
    }

    /// Until something happens, or the tenant's components may be called again.
    async fn wait(&self, wait: Option<Duration>) {
        let woken = self.link().wake.notified();
        match wait {
            None => woken.await,
            // Either is a reason to go on.
            Some(wait) => _ = tokio::time::timeout(wait, woken).await,
        }
    }

    /// Nobody is left, and nobody will come.
    fn finish(self: &Rc<Self>) {
        self.ended.set(true);
        self.refuse_all();
        self.link().detach();
        self.core.borrow_mut().sign_off(self.shard);
    }

    /// How long the tenant's components are not called, since they have used their share of the shard up.
    fn settle_share(&self) -> Option<Duration> {
        let mut core = self.core.borrow_mut();
        core.settle_share();
        core.turn_owed = core.wait_ms > 0 && !self.tenant.is_closing();
        core.turn_owed.then(|| Duration::from_millis(core.wait_ms))
    }

    fn is_deserted(&self) -> bool {
        let core = self.core.borrow();
        core.registry.count() == 0 && core.leaving.is_empty()
    }

    /// Someone wants to join; answered through the channel in `join`.
    pub(crate) fn join(&self, join: Join) {
        if self.tenant.lets_nobody_in() {
            return self.refuse_closing(join);
        }
        let has_room = self.inbox.borrow().has_room();
        if !has_room {
            self.tenant.metrics.join(JoinResult::Full);
            return join.refuse_full();
        }
        self.inbox.borrow_mut().push_join(join);
        self.link().wake.notify_one();
    }

    /// The connection of `ticket` has gone.
    pub(crate) fn depart(&self, ticket: Ticket) {
        if self.ended.get() {
            return;
        }
        self.inbox.borrow_mut().push_departure(ticket);
        self.link().wake.notify_one();
    }

    /// What the stream of `ticket` is to write next, and whether more waits behind it.
    pub(crate) fn take(&self, ticket: Ticket, cx: &Context<'_>) -> Poll<Option<(Bytes, bool)>> {
        let taken = self.core.borrow_mut().take(ticket, cx);
        self.look_for_hungry();
        match taken {
            Taken::Bytes { bytes, more } => Poll::Ready(Some((bytes, more))),
            Taken::Nothing => Poll::Pending,
            Taken::Gone => Poll::Ready(None),
        }
    }

    /// Writes to its socket what waits for the stream of `ticket`.
    pub(crate) fn serve(&self, ticket: Ticket, cx: &Context<'_>) -> Served {
        let served = self.core.borrow_mut().serve(ticket, cx);
        self.look_for_hungry();
        served
    }

    fn look_for_hungry(&self) {
        if !self.core.borrow().hungry.is_empty() {
            self.link().wake.notify_one();
        }
    }

    /// Of what is spread over those present.
    pub(crate) fn seed(&self) -> u64 {
        self.core.borrow().seed
    }

    fn link(&self) -> &Link {
        &self.tenant.links[self.shard]
    }

    fn has_work(&self) -> bool {
        if self.may_prepare() {
            return true;
        }
        let core = self.core.borrow();
        let policy = &core.seats.policy;
        let may_admit = policy.is_ready() || policy.is_out(core.now_ms());
        let waiting = !self.inbox.borrow().is_empty() || core.suspects.is_waiting();
        core.round.is_some()
            || !core.leaving.is_empty()
            || (may_admit && waiting)
            || (!(core.hungry.is_empty() && core.parked.is_empty()) && core.may_select())
            || (self.is_behind(&core) && core.may_route())
    }

    /// Whether the log holds something to route.
    fn has_to_route(&self) -> bool {
        self.is_behind(&self.core.borrow())
    }

    fn is_behind(&self, core: &Core) -> bool {
        core.cursor
            .is_some_and(|c| c < self.tenant.log.bounds().next)
    }

    /// Whether a closing hub may end its streams: what publishers were told is accepted has reached
    /// those who keep up, or there was no more time for it.
    fn has_finished(&self) -> bool {
        let has_to_route = self.has_to_route();
        let mut core = self.core.borrow_mut();
        let now_ms = core.now_ms();
        let over_ms = *core.over_ms.get_or_insert(now_ms + FINISH_MS_MAX);
        let has_to_route = has_to_route && !core.seats.policy.is_out(now_ms);
        let has_more = || {
            has_to_route
                || core.round.is_some()
                || !core.dirty.is_empty()
                || core.registry.iter().any(|(_, s)| s.is_owed())
        };
        now_ms >= over_ms || !has_more()
    }

    /// Takes out those whose connections have gone.
    fn take_departures(&self) {
        let departed = self.inbox.borrow_mut().take_departures();
        let mut core = self.core.borrow_mut();
        for ticket in departed {
            core.disconnected(ticket);
        }
    }

    /// Tells everyone who decides of those who left.
    fn see_off(&self) {
        let mut core = self.core.borrow_mut();
        // Handles keep their meaning while an audience that names them is on its way.
        if core.round.is_some() {
            return;
        }
        let count = core.leaves.len().min(core.leaving.len());
        let leaving: Vec<Client> = core.leaving.drain(..count).collect();
        if leaving.is_empty() {
            return;
        }
        let (now_ms, started) = (core.now_ms(), Instant::now());
        let left = core.seats.leave(&leaving, now_ms);
        let (time, deadline) = (started.elapsed(), core.deadline());
        match left {
            Ok(()) => core.leaves.took(count, time, deadline),
            Err(_) => core.leaves.failed(count),
        }
        for client in leaving {
            core.registry.free(client);
        }
        if core.registry.count() == 0 && core.leaving.is_empty() {
            core.rest();
            self.link().rest();
            self.tenant.moved_on();
        }
    }

    fn end_everyone(&self, reason: LeaveReason) {
        let mut core = self.core.borrow_mut();
        for ticket in core.everyone() {
            core.end(ticket, reason);
        }
    }
}
