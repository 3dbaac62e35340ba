//! One load: who follows what, and how much is under way.

use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::flight::Flight;
use crate::process::Process;
use crate::publisher::Publisher;
use crate::streams::Opener;

const PATH: &str = "/.well-known/mercure";
/// Events before anything is measured.
const WARM_UP: usize = 20;
/// How long the hub may take over one event.
const PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of a payload.
const SIZE: usize = 100;

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Protocol {
    Http1,
    /// The stream as a response body of hyper's, as with TLS.
    Http10,
    H2c {
        /// Over one connection.
        streams: usize,
    },
}

#[derive(Clone, Copy)]
pub(crate) struct Load {
    protocol: Protocol,
    subscribers: usize,
    /// Topics; the subscribers are spread over as many groups.
    topics: usize,
    /// Topics that each group follows, its own and the next ones.
    followed: usize,
    window: usize,
    pub(crate) events: usize,
}

/// What a load cost the process that was measured.
pub(crate) struct Cost {
    pub(crate) cpu_us: f64,
    pub(crate) deliveries_per_s: f64,
}

impl Load {
    pub(crate) const fn plain(
        protocol: Protocol,
        subscribers: usize,
        window: usize,
        events: usize,
    ) -> Self {
        Self {
            protocol,
            subscribers,
            topics: 1,
            followed: 1,
            window,
            events,
        }
    }

    /// Ten audiences of 1,000, each of which shares half with the next.
    pub(crate) const fn overlapping(window: usize, events: usize) -> Self {
        Self {
            protocol: Protocol::Http1,
            subscribers: 5_000,
            topics: 10,
            followed: 2,
            window,
            events,
        }
    }

    pub(crate) fn topic_of(&self, event: usize) -> usize {
        event % self.topics
    }

    pub(crate) fn follows(&self, group: usize, topic: usize) -> bool {
        (topic + self.topics - group) % self.topics < self.followed
    }

    pub(crate) fn receivers(&self) -> usize {
        self.subscribers / self.topics * self.followed
    }

    /// Runs it against a process.
    pub(crate) fn measure(self, process: &Process) -> Cost {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        tokio::task::LocalSet::new().block_on(&runtime, self.run(process))
    }

    async fn run(self, process: &Process) -> Cost {
        let flight = Rc::new(Flight::new(self));
        let mut opener = Opener::new(process.address, self.protocol);
        for subscriber in 0..self.subscribers {
            let group = subscriber * self.topics / self.subscribers;
            let track = flight.track(group);
            opener.open(&self.path(group), track, &flight).await;
        }
        let mut publisher = Publisher::new(process.address, PATH).await;
        for event in 0..WARM_UP {
            self.publish(&mut publisher, process, &flight, event).await;
        }
        flight.room(1).await;
        let (cpu, begun, before) = (process.cpu(), Instant::now(), flight.deliveries());
        for event in WARM_UP..self.events {
            self.publish(&mut publisher, process, &flight, event).await;
        }
        let drained = tokio::time::timeout(PATIENCE, flight.room(1)).await;
        drained.expect("everything arrives");
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let deliveries = (flight.deliveries() - before) as f64;
        Cost {
            cpu_us: (process.cpu() - cpu).as_secs_f64() * 1e6 / deliveries,
            deliveries_per_s: deliveries / begun.elapsed().as_secs_f64(),
        }
    }

    fn path(&self, group: usize) -> String {
        let topics = (group..group + self.followed).map(|t| format!("topic={}", t % self.topics));
        format!("{PATH}?{}", topics.collect::<Vec<_>>().join("&"))
    }

    async fn publish(
        &self,
        publisher: &mut Publisher,
        process: &Process,
        flight: &Flight,
        event: usize,
    ) {
        let room = flight.room(self.window);
        tokio::time::timeout(PATIENCE, room)
            .await
            .expect("events arrive");
        flight.depart();
        let payload = format!("{:x<width$}@@{event:08x}.", "", width = SIZE - 11);
        let body = match process.is_hub {
            true => format!("topic={}&data={payload}", self.topic_of(event)),
            false => payload,
        };
        let status = publisher.post(&body).await;
        assert!(matches!(status, Some(200..300)), "{status:?}");
    }
}
