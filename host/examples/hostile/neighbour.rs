//! The tenant that minds its own business, and what it waits.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::sync::Notify;
use tokio::time::{sleep, sleep_until, timeout};

use crate::publisher::Publisher;
use crate::stream::{follow, path};

const TENANT: &str = "neighbour";
const SUBSCRIBERS: usize = 200;
/// Between two events of the steady publisher.
const INTERVAL: Duration = Duration::from_millis(5);
/// What arrives later than this belongs to nothing that is measured.
const DRAIN: Duration = Duration::from_millis(100);
/// How long an event may take at most, whatever happens.
const PATIENCE: Duration = Duration::from_secs(10);
/// Of a payload: a mark and sixteen digits.
const STAMP_BYTES: usize = 17;

/// A tenant with a crowd of subscribers.
pub(crate) struct Neighbour {
    hub: SocketAddr,
    seen: Rc<Seen>,
}

/// What its subscribers have seen.
struct Seen {
    epoch: Instant,
    latencies: RefCell<Histogram<u64>>,
    deliveries: Cell<usize>,
    news: Notify,
}

impl Neighbour {
    pub(crate) async fn settle(hub: SocketAddr) -> Self {
        let seen = Rc::new(Seen {
            epoch: Instant::now(),
            latencies: RefCell::new(
                Histogram::new_with_bounds(1, 60_000_000_000, 3).expect("a minute"),
            ),
            deliveries: Cell::new(0),
            news: Notify::new(),
        });
        for _ in 0..SUBSCRIBERS {
            let (seen, mut rest) = (Rc::clone(&seen), Vec::new());
            follow(hub, TENANT, move |bytes| seen.take(&mut rest, bytes)).await;
        }
        sleep(DRAIN).await;
        Self { hub, seen }
    }

    /// Publishes at a steady pace for so long; p99 from due to delivered, in milliseconds.
    pub(crate) async fn p99_ms(&self, duration: Duration) -> f64 {
        let mut publisher = Publisher::new(self.hub, &path(TENANT)).await;
        self.seen.latencies.borrow_mut().clear();
        let (begun, mut due) = (Instant::now(), Instant::now());
        while due < begun + duration {
            sleep_until(due.into()).await;
            self.seen.publish(&mut publisher, due).await;
            due += INTERVAL;
        }
        sleep(DRAIN).await;
        let latencies = self.seen.latencies.borrow();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let p99_ns = latencies.value_at_quantile(0.99) as f64;
        p99_ns / 1e6
    }

    /// Publishes the next event as soon as everybody has the one before, for so long; deliveries a second.
    pub(crate) async fn deliveries(&self, duration: Duration) -> f64 {
        let mut publisher = Publisher::new(self.hub, &path(TENANT)).await;
        let (begun, before) = (Instant::now(), self.seen.deliveries.get());
        let mut expected = before;
        while begun.elapsed() < duration {
            expected += SUBSCRIBERS;
            self.seen.publish(&mut publisher, Instant::now()).await;
            let all_have_it = async {
                while self.seen.deliveries.get() < expected {
                    self.seen.news.notified().await;
                }
            };
            timeout(PATIENCE, all_have_it)
                .await
                .expect("everything arrives");
        }
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let deliveries = (expected - before) as f64;
        deliveries / begun.elapsed().as_secs_f64()
    }
}

impl Seen {
    /// Publishes a payload that tells when it was due.
    async fn publish(&self, publisher: &mut Publisher, due: Instant) {
        let form = format!("topic=a&data=@{:016x}", (due - self.epoch).as_nanos());
        publisher.post(&form).await.expect("it is answered");
    }

    /// Looks for stamps in what a stream brought; `rest` is what was cut off the last time.
    fn take(&self, rest: &mut Vec<u8>, bytes: &[u8]) {
        let now = self.epoch.elapsed();
        rest.extend_from_slice(bytes);
        while let Some(at) = rest.iter().position(|&byte| byte == b'@') {
            let Some(digits) = rest.get(at + 1..at + STAMP_BYTES) else {
                return;
            };
            let digits = std::str::from_utf8(digits).expect("digits");
            let due = u64::from_str_radix(digits, 16).expect("a number");
            let latency = now.saturating_sub(Duration::from_nanos(due));
            let latency = u64::try_from(latency.as_nanos()).unwrap_or(u64::MAX);
            self.latencies.borrow_mut().saturating_record(latency);
            self.deliveries.set(self.deliveries.get() + 1);
            rest.drain(..at + STAMP_BYTES);
        }
        rest.clear();
        self.news.notify_one();
    }
}
