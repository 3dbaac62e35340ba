//! What time brings: heartbeats, ends, and those who take nothing.

use super::Station;
use super::core::{Core, mark};
use super::registry::Ticket;
use crate::clock::millis;
use crate::metrics::LeaveReason;

impl Station {
    /// Looks after what time brings; called once a turn of the wheel.
    pub(crate) fn tick(&self) {
        let mut core = self.core.borrow_mut();
        core.now = core.now_ms();
        core.turn_wheel();
        core.end_stalled();
        core.report(self.shard);
        if core.policy.may_run(core.now) && self.is_held_up(&core) {
            let parked = std::mem::take(&mut core.parked);
            core.hungry.extend(parked);
            self.link().wake.notify_one();
        }
        if !core.dirty.is_empty() || !core.leaving.is_empty() {
            self.link().wake.notify_one();
        }
    }

    /// Whether something waits for a policy that could not be asked.
    fn is_held_up(&self, core: &Core) -> bool {
        let behind = core
            .cursor
            .is_some_and(|c| c < self.tenant.log.bounds().next);
        !core.parked.is_empty() || behind
    }
}

impl Core {
    /// When a subscriber is to be looked at next.
    pub(crate) fn due_ms(&self, ends_ms: u64, written_ms: u64) -> u64 {
        ends_ms.min(written_ms + millis(self.config().stream.heartbeat))
    }

    fn turn_wheel(&mut self) {
        let heartbeat_ms = millis(self.config().stream.heartbeat);
        for ticket in self.wheel.advance(self.now) {
            let now_ms = self.now;
            let Some(subscriber) = self.registry.get_mut(ticket) else {
                continue;
            };
            if now_ms >= subscriber.times.ends_ms {
                let expired = subscriber.times.token_ends;
                let reason = if expired {
                    LeaveReason::Expired
                } else {
                    LeaveReason::Age
                };
                self.end(ticket, reason);
                continue;
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
            self.wheel.insert(ticket, due_ms);
        }
    }

    /// Ends those for whom something has waited for the whole write timeout.
    fn end_stalled(&mut self) {
        let timeout_ms = millis(self.config().stream.write_timeout);
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
        let bounds = self.tenant.log.bounds();
        let lag = self.cursor.map_or(0, |c| bounds.next.0.saturating_sub(c.0));
        metrics.shard_lag_events[shard].set(signed(lag));
        metrics.policy_memory_bytes[shard].set(signed(self.policy.memory_bytes()));
        metrics.catching_up_on[shard].set(signed(self.fed as u64));
        metrics.log_offset.set(signed(bounds.next.0));
        metrics.log_bytes.set(signed(bounds.bytes));
    }
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
