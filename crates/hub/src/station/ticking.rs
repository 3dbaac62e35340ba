//! What time brings: heartbeats, ends, and those who take nothing.

use prometheus_client::metrics::gauge::Gauge;

use super::Station;
use super::core::{Core, mark};
use super::registry::Ticket;
use crate::clock::millis;
use crate::metrics::{LeaveReason, TenantMetrics};

/// Milliseconds after which an instance that nobody has asked anything is given up: those present can be
/// told to a new one.
const IDLE_MS_MAX: u64 = 60_000;

/// What gauges that all stations of a tenant share were told last by this one.
#[derive(Debug, Default)]
pub(crate) struct Reported {
    lag_events: i64,
    memory_bytes: i64,
    fed: i64,
    breaker: i64,
}

impl Station {
    /// Something may come that only time brings: this station is looked at with each turn until it has
    /// come to rest.
    pub(crate) fn stir(&self) {
        if !self.restless.replace(true)
            && let Some(station) = self.core.borrow().station.upgrade()
        {
            self.stations.stir(&station);
        }
    }

    /// The subscriber that `ticket` means is due.
    pub(crate) fn turn(&self, ticket: Ticket) {
        let mut core = self.core.borrow_mut();
        core.now = core.now_ms();
        core.look_at(ticket);
        let has_more = !core.dirty.is_empty() || !core.leaving.is_empty();
        drop(core);
        if has_more {
            self.link().wake.notify_one();
        }
    }

    /// Looks after what time brings; answers whether there is more to come.
    pub(crate) fn tick(&self) -> bool {
        if self.ended.get() {
            return false;
        }
        let held_up = self.is_held_up();
        let mut core = self.core.borrow_mut();
        core.now = core.now_ms();
        core.end_stalled();
        core.report(self.shard);
        let now_ms = core.now;
        if held_up && !core.seats.policy.is_out(now_ms) {
            let parked = std::mem::take(&mut core.parked);
            core.hungry.extend(parked);
            self.link().wake.notify_one();
        }
        if !core.dirty.is_empty() || !core.leaving.is_empty() {
            self.link().wake.notify_one();
        }
        self.rest_later(&core);
        // Until the gauge says that the component is asked again.
        let is_out = core.reported.breaker > 0;
        let restless = held_up || is_out || !core.watched.is_empty();
        self.restless.set(restless);
        restless
    }

    /// It may have instances that nobody has asked anything for long enough: those are given up.
    pub(crate) fn rest_when_idle(&self) {
        self.waits_to_rest.set(false);
        if self.ended.get() {
            return;
        }
        let mut core = self.core.borrow_mut();
        core.now = core.now_ms();
        // Whoever is handed events is not idle.
        if core.round.is_none() {
            let idle_since_ms = core.now.saturating_sub(IDLE_MS_MAX);
            core.seats.rest_unused_since(idle_since_ms);
            core.report(self.shard);
        }
        self.rest_later(&core);
    }

    /// Has the wheel bring up the first instance that may become idle. Nothing but that costs anything: an
    /// idle tenant is not looked at.
    fn rest_later(&self, core: &Core) {
        if let Some(used_ms) = core.seats.longest_unused_ms()
            && !self.waits_to_rest.replace(true)
        {
            let due_ms = used_ms + IDLE_MS_MAX;
            self.stations.look_for_idle(&core.station, due_ms);
        }
    }

    /// Since when it has not used its instances; none where it has none.
    pub(crate) fn idle_since_ms(&self) -> Option<u64> {
        // The one that is looking for room is borrowed, and is no candidate.
        let core = self.core.try_borrow().ok()?;
        core.round.is_none().then(|| core.seats.used_ms()).flatten()
    }

    /// Gives its instances up, to make room for another tenant's.
    pub(crate) fn rest(&self) -> bool {
        self.core.borrow_mut().seats.rest()
    }

    /// Whether something waits for a policy that could not be asked.
    fn is_held_up(&self) -> bool {
        let core = self.core.borrow();
        let behind = core
            .cursor
            .is_some_and(|c| c < self.tenant.log.bounds().next);
        behind || !core.parked.is_empty() || core.wait_ms > 0 || !self.inbox.borrow().is_empty()
    }
}

impl Core {
    /// When a subscriber is to be looked at next.
    pub(crate) fn due_ms(&self, ends_ms: u64, written_ms: u64) -> u64 {
        ends_ms.min(written_ms + millis(self.config.stream.heartbeat))
    }

    /// A subscriber is due: its stream ends, or its silence is broken.
    fn look_at(&mut self, ticket: Ticket) {
        let heartbeat_ms = millis(self.config.stream.heartbeat);
        let now_ms = self.now;
        let Some(subscriber) = self.registry.get_mut(ticket) else {
            return;
        };
        if now_ms >= subscriber.times.ends_ms {
            let reason = subscriber.times.ends_for;
            self.end(ticket, reason);
            return;
        }
        let ends_ms = subscriber.times.ends_ms;
        let mut written_ms = subscriber.written_ms;
        if now_ms >= written_ms + heartbeat_ms {
            // Not queued for one that is blocked (T7): what waits will break the silence.
            subscriber.flags.beat_due = true;
            mark(
                &mut self.dirty,
                &mut self.watched,
                ticket.client,
                subscriber,
            );
            written_ms = now_ms;
        }
        let due_ms = self.due_ms(ends_ms, written_ms);
        self.stations.look_at(&self.station, ticket, due_ms);
    }

    /// Ends those for whom something has waited for the whole write timeout.
    fn end_stalled(&mut self) {
        let timeout_ms = millis(self.config.stream.write_timeout);
        for ticket in std::mem::take(&mut self.watched) {
            if self.is_stalled(ticket, timeout_ms) {
                self.end(ticket, LeaveReason::Stalled);
            }
        }
    }

    /// Whether it has stalled; whoever still has something waiting stays watched.
    fn is_stalled(&mut self, ticket: Ticket, timeout_ms: u64) -> bool {
        let Some(subscriber) = self.registry.get_mut(ticket) else {
            return false;
        };
        subscriber.flags.watched = subscriber.has_waiting();
        if !subscriber.flags.watched {
            subscriber.times.stalled_ms = None;
            return false;
        }
        if subscriber.is_blocked() {
            // Its connection knows what the kernel takes, and has a deadline for that.
            subscriber.times.stalled_ms = None;
            self.watched.push(ticket);
            return false;
        }
        let written_ms = subscriber.written_ms;
        let since_ms = match subscriber.times.stalled_ms {
            Some(since_ms) if written_ms < since_ms => since_ms,
            _ => *subscriber.times.stalled_ms.insert(self.now),
        };
        if self.now.saturating_sub(since_ms) >= timeout_ms {
            return true;
        }
        self.watched.push(ticket);
        false
    }

    fn report(&mut self, shard: usize) {
        let metrics = &self.tenant.metrics;
        self.tally.merge_into(metrics);
        let next = self.tenant.log.bounds().next;
        let lag = self.cursor.map_or(0, |c| next.0.saturating_sub(c.0));
        let standing = Reported {
            lag_events: signed(lag),
            memory_bytes: signed(self.seats.memory_bytes()),
            fed: signed(self.fed as u64),
            breaker: i64::from(self.seats.policy.is_out(self.now)),
        };
        self.reported.tell(standing, metrics, shard);
    }

    /// The station has ended: what gauges were told of it is taken back.
    pub(crate) fn sign_off(&mut self, shard: usize) {
        let metrics = &self.tenant.metrics;
        self.tally.merge_into(metrics);
        self.reported.tell(Reported::default(), metrics, shard);
    }
}

impl Reported {
    /// Sets this station's part of the gauges. Tenants without series of their own share them, so that
    /// what was said last is taken back.
    fn tell(&mut self, now: Self, metrics: &TenantMetrics, shard: usize) {
        let tell = |gauge: &Gauge, now: i64, before: i64| _ = gauge.inc_by(now - before);
        tell(
            &metrics.shard_lag_events[shard],
            now.lag_events,
            self.lag_events,
        );
        tell(
            &metrics.policy_memory_bytes[shard],
            now.memory_bytes,
            self.memory_bytes,
        );
        tell(&metrics.catching_up_on[shard], now.fed, self.fed);
        tell(&metrics.policy_breaker[shard], now.breaker, self.breaker);
        *self = now;
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
