//! Everything that a run finds out, as it finds it out. Times are counted from the first event on.

use std::time::Duration;

use umbel_sse::Message;

use super::arrivals::{Arrival, Arrivals};
use super::flight::Flight;
use super::latency::Latency;
use super::plan::Plan;
use super::stamp::Stamp;
use super::tally::Tally;
use super::timeline::Timeline;

/// Kind of the hub's own event that says what was left out.
const GAP: &str = "umbel.gap";

/// Everything that a run finds out.
#[derive(Debug)]
pub struct Measure {
    pub(super) plan: Plan,
    run: u32,
    /// Those who read as fast as they can.
    pub(super) fast: Group,
    /// Those who read slowly.
    pub(super) slow: Group,
    /// Publications until the hub answered.
    pub(super) publish: Latency,
    /// Of the fast ones.
    pub(super) timeline: Timeline,
    flight: Flight,
    followers: Vec<Followers>,
    /// Events that the hub took, or is about to.
    pub(super) events: u64,
    /// Of those, the ones of the warm-up.
    pub(super) warm_up_events: u64,
    /// Publications that the hub was too busy for.
    pub(super) refused: u64,
}

/// One group of subscribers.
#[derive(Debug, Default)]
pub struct Group {
    pub(super) subscribers: usize,
    /// Events that its subscribers should get, all added up.
    pub(super) expected: u64,
    pub(super) tally: Tally,
    /// From the time at which an event was due to its arrival; the warm-up is left out.
    pub(super) latency: Latency,
}

/// Who follows one topic.
#[derive(Clone, Copy, Debug, Default)]
struct Followers {
    fast: usize,
    slow: usize,
    /// Of the fast ones, those whose stream is open.
    connected: usize,
}

/// One subscriber.
#[derive(Debug)]
pub struct Reader {
    topic: usize,
    slow: bool,
    arrivals: Arrivals,
}

impl Measure {
    /// Nothing has happened yet. `run` is what the stamps of its events bear.
    pub fn new(plan: Plan, run: u32) -> Self {
        let mut followers = vec![Followers::default(); plan.topics];
        for subscriber in 0..plan.subscribers {
            let topic = &mut followers[plan.topic_of(subscriber)];
            match plan.is_slow(subscriber) {
                true => topic.slow += 1,
                false => topic.fast += 1,
            }
            topic.connected = topic.fast;
        }
        let group = |of: fn(&Followers) -> usize| Group {
            subscribers: followers.iter().map(of).sum(),
            ..Group::default()
        };
        Self {
            run,
            fast: group(|topic| topic.fast),
            slow: group(|topic| topic.slow),
            publish: Latency::default(),
            timeline: Timeline::new(plan.duration),
            flight: Flight::new(plan.topics),
            followers,
            events: 0,
            warm_up_events: 0,
            refused: 0,
            plan,
        }
    }

    /// The subscriber with this index.
    pub fn reader(&self, index: usize) -> Reader {
        Reader {
            topic: self.plan.topic_of(index),
            slow: self.plan.is_slow(index),
            arrivals: Arrivals::default(),
        }
    }

    /// The next event, which is due at `due`, is about to be published: as its stamp.
    pub fn depart(&mut self, due: Duration) -> Stamp {
        let sequence = self.events;
        let topic = self.followers[self.plan.topic_at(sequence)];
        self.flight.depart(sequence, topic.connected);
        self.fast.expected += topic.fast as u64;
        self.slow.expected += topic.slow as u64;
        self.events += 1;
        self.warm_up_events += u64::from(due < self.plan.warm_up());
        Stamp {
            run: self.run,
            sequence,
            due,
        }
    }

    /// The hub took the event that departed last.
    pub fn accepted(&mut self, due: Duration, now: Duration) {
        if due >= self.plan.warm_up() {
            self.publish.record(now.saturating_sub(due));
        }
    }

    /// The hub refused the event that departed last; another one takes its place.
    pub fn refused(&mut self, due: Duration) {
        self.refused += 1;
        self.events -= 1;
        self.warm_up_events -= u64::from(due < self.plan.warm_up());
        let topic = self.followers[self.plan.topic_at(self.events)];
        self.flight.recall();
        self.fast.expected -= topic.fast as u64;
        self.slow.expected -= topic.slow as u64;
    }

    /// A reader got so many bytes of its stream.
    pub fn read(&mut self, reader: &Reader, bytes: usize) {
        self.group(reader).tally.bytes += bytes as u64;
    }

    /// A reader got a message.
    pub fn message(&mut self, reader: &mut Reader, message: &Message, now: Duration) {
        if message.kind == GAP {
            return self.group(reader).tally.gap(&message.data);
        }
        let Some(stamp) = self.own(reader, &message.data) else {
            self.group(reader).tally.unexpected += 1;
            return;
        };
        let turn = self.plan.turn_at(stamp.sequence);
        match reader.arrivals.take(turn) {
            Arrival::Again => self.group(reader).tally.duplicated += 1,
            Arrival::Late => {
                self.group(reader).tally.reordered += 1;
                self.delivered(reader, stamp.due, now);
            }
            Arrival::Next { skipped } => {
                if !reader.slow {
                    self.flight.land(reader.topic, skipped.start..turn + 1);
                }
                self.delivered(reader, stamp.due, now);
            }
        }
    }

    /// The stream of a reader ended, and nothing more will come.
    pub fn left(&mut self, reader: &Reader) {
        self.group(reader).tally.disconnected += 1;
        if !reader.slow {
            self.followers[reader.topic].connected -= 1;
            self.flight
                .land(reader.topic, reader.arrivals.next()..u64::MAX);
        }
    }

    /// Events that fast readers still wait for.
    pub fn in_flight(&self) -> usize {
        self.flight.open()
    }

    /// Nobody is waited for any more.
    pub fn give_up(&mut self) {
        self.flight.give_up();
    }

    /// Deliveries that are still to come, to all.
    pub fn outstanding(&self) -> u64 {
        self.fast.missing() + self.slow.missing()
    }

    /// Deliveries so far, to all.
    pub fn deliveries(&self) -> u64 {
        self.fast.tally.received + self.slow.tally.received
    }

    /// The stamp of one of the events that this reader should get.
    fn own(&self, reader: &Reader, data: &str) -> Option<Stamp> {
        let stamp = Stamp::parse(data).filter(|_| data.len() == self.plan.size)?;
        let own = stamp.run == self.run
            && stamp.sequence < self.events
            && self.plan.topic_at(stamp.sequence) == reader.topic;
        own.then_some(stamp)
    }

    fn delivered(&mut self, reader: &Reader, due: Duration, now: Duration) {
        let warm_up = self.plan.warm_up();
        let in_time = (warm_up..self.plan.end()).contains(&now);
        let took = now.saturating_sub(due);
        let group = self.group(reader);
        group.tally.received += 1;
        group.tally.in_time += u64::from(in_time);
        if due >= warm_up {
            group.latency.record(took);
        }
        if !reader.slow && now >= warm_up {
            self.timeline.record(now - warm_up, took);
        }
    }

    fn group(&mut self, reader: &Reader) -> &mut Group {
        if reader.slow {
            &mut self.slow
        } else {
            &mut self.fast
        }
    }
}

impl Group {
    /// Events that its subscribers should have got and did not.
    pub(super) fn missing(&self) -> u64 {
        self.expected.saturating_sub(self.tally.received)
    }
}

#[cfg(test)]
mod tests;
