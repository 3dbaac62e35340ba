//! One tenant's subscribers and policy instance on one shard.
//!
//! The rule of this module: one task, [`Station::run`], makes all decisions, in order; connections only
//! leave word in the inbox, and take what waits for them. The core is borrowed for one step at a time,
//! never over an await.

mod asking;
mod batch;
mod concatenation;
mod core;
mod fan_out;
mod feeding;
mod frames;
mod gap;
mod giving;
mod grants;
mod inbox;
mod joining;
mod mailbox;
mod policy;
mod registry;
mod routing;
mod subscriber;
mod sweeping;
mod taking;
mod ticking;
mod verdicts;
mod wheel;

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use umbel_routing::Client;

pub(crate) use self::gap::{Gap, GapCause};
pub(crate) use self::inbox::{COME_BACK_MS, Join};
pub(crate) use self::joining::Start;
pub(crate) use self::registry::Ticket;
pub(crate) use self::sweeping::Served;
pub(crate) use self::wheel::TURN;

use self::core::Core;
use self::inbox::Inbox;
use self::taking::Taken;
use crate::Tenant;
use crate::link::Link;
use crate::metrics::{JoinResult, LeaveReason};

/// Streams that are served before the reactor gets its turn.
const SWEEP_SLICE: usize = 64;

/// Milliseconds in which a closing hub may still deliver what it had accepted.
const FINISH_MS_MAX: u64 = 1_000;

/// One tenant's subscribers and policy instance on one shard. Lives on the shard's thread.
pub(crate) struct Station {
    pub(crate) tenant: Arc<Tenant>,
    shard: usize,
    core: RefCell<Core>,
    inbox: RefCell<Inbox>,
}

impl Station {
    pub(crate) fn new(tenant: Arc<Tenant>, shard: usize) -> Rc<Self> {
        let core = RefCell::new(Core::new(&tenant));
        Rc::new(Self {
            tenant,
            shard,
            core,
            inbox: RefCell::default(),
        })
    }

    /// Does all there is to do, until the hub has closed and everyone has gone.
    pub(crate) async fn run(self: Rc<Self>) {
        loop {
            if self.tenant.is_closing() && self.has_finished() {
                self.end_everyone(LeaveReason::Drain);
            }
            self.see_off();
            self.admit();
            self.feed().await;
            self.route().await;
            let served_all = self.core.borrow_mut().sweep(SWEEP_SLICE);
            let closing = self.tenant.is_closing();
            let has_work = !served_all || self.has_work();
            if closing && self.core.borrow().registry.count() == 0 {
                self.refuse_all();
                return;
            }
            if closing || has_work {
                tokio::task::yield_now().await;
            } else {
                self.link().wake.notified().await;
            }
        }
    }

    /// Someone wants to join; answered through the channel in `join`.
    pub(crate) fn join(&self, join: Join) {
        if self.tenant.is_closing() {
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

    fn link(&self) -> &Link {
        &self.tenant.links[self.shard]
    }

    fn has_work(&self) -> bool {
        self.has_to_route()
            || !self.inbox.borrow().is_empty()
            || !self.core.borrow().hungry.is_empty()
            || self.core.borrow().round.is_some()
    }

    /// Whether the log holds something to route, and there is a policy to ask.
    fn has_to_route(&self) -> bool {
        let core = self.core.borrow();
        let behind = core
            .cursor
            .is_some_and(|c| c < self.tenant.log.bounds().next);
        // What waits for a policy that could not be built is looked at again with a turn of the wheel.
        behind && core.policy.may_run(core.now_ms())
    }

    /// Whether a closing hub may end its streams: what publishers were told is accepted has reached
    /// those who keep up, or there was no more time for it.
    fn has_finished(&self) -> bool {
        let has_to_route = self.has_to_route();
        let mut core = self.core.borrow_mut();
        let now_ms = core.now_ms();
        let over_ms = *core.over_ms.get_or_insert(now_ms + FINISH_MS_MAX);
        let has_more = has_to_route || core.round.is_some() || !core.dirty.is_empty();
        !has_more || now_ms >= over_ms
    }

    /// Takes out those whose connections have gone, and tells the policy of everyone who left.
    fn see_off(&self) {
        let departed = self.inbox.borrow_mut().take_departures();
        let mut core = self.core.borrow_mut();
        for ticket in departed {
            core.disconnected(ticket);
        }
        // Handles keep their meaning while an audience that names them is on its way.
        if core.round.is_some() {
            return;
        }
        let leaving: Vec<Client> = std::mem::take(&mut core.leaving);
        if leaving.is_empty() {
            return;
        }
        core.policy.leave(&leaving);
        for client in leaving {
            core.registry.free(client);
        }
        if core.registry.count() == 0 {
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
