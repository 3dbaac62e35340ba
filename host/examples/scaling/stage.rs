//! A hub of one shard on this thread, and its subscribers.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::{join, join_all};
use rustix::time::{ClockId, clock_gettime};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::task::yield_now;
use umbel_event::{Event, EventId, Topic, Topics};
use umbel_eventlog::{MemoryLog, Retention};
use umbel_hub::{
    Change, DEFAULT_TENANT, Framing, Hub, HubConfig, Outlet, PolicyVersion, Resume, Shard, Stream,
    StreamConfig, Subscription, Tenant, TenantConfig, TenantSpec, Wire,
};
use umbel_routing::DispatcherFactory;
use umbel_selector::{Matcher, Selector};

use crate::wires::Counted;

/// Bytes of every event.
const PAYLOAD_BYTES: usize = 100;
/// Events that are published at least while another policy takes over.
const EVENTS_MIN: usize = 1_000;
/// Longer than any measurement: what is counted are deliveries alone.
const NEVER: Duration = Duration::from_secs(1 << 30);

/// A hub of one shard on this thread, and its subscribers.
pub(crate) struct Stage {
    runtime: Rc<LocalRuntime>,
    tenant: Arc<Tenant>,
    shard: Rc<Shard>,
    streams: Vec<Stream>,
    /// Writes to all wires.
    pub(crate) writes: Rc<Cell<u64>>,
}

/// What runs stages.
pub(crate) fn runtime() -> Rc<LocalRuntime> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default());
    Rc::new(runtime.expect("a runtime"))
}

impl Stage {
    pub(crate) fn new(runtime: &Rc<LocalRuntime>, policy: &Arc<dyn DispatcherFactory>) -> Self {
        let keep = Retention {
            events_max: 10_000,
            ..Retention::UNBOUNDED
        };
        let stream = StreamConfig {
            heartbeat: NEVER,
            age: NEVER,
            ..StreamConfig::default()
        };
        let hub = Hub::new(HubConfig::default());
        let added = hub.add(TenantSpec {
            name: DEFAULT_TENANT.to_owned(),
            config: TenantConfig {
                stream,
                ..TenantConfig::default()
            },
            log: Arc::new(MemoryLog::new(keep)),
            policy: PolicyVersion::of(Arc::clone(policy)),
            filter: None,
        });
        Self {
            tenant: added.expect("a new name"),
            shard: runtime.block_on(async { Shard::start(&hub, 0) }),
            runtime: Rc::clone(runtime),
            streams: Vec::new(),
            writes: Rc::default(),
        }
    }

    /// Opens a stream that is written to `wire`.
    pub(crate) fn subscribe(&mut self, selector: &str, wire: impl Wire + 'static) {
        let mut stream = self.runtime.block_on(self.open(selector, wire));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(stream.poll_write(&mut cx).is_pending(), "it stays open");
        self.streams.push(stream);
    }

    /// Opens a stream for each selector, lets as many go that were opened before, from `first` on, and
    /// waits until they have left. Answers the CPU time of this thread in nanoseconds.
    pub(crate) fn replace(&mut self, first: usize, selectors: &[String]) -> f64 {
        let runtime = Rc::clone(&self.runtime);
        let count = self.streams.len();
        runtime.block_on(async {
            let begin = cpu_ns();
            let opening = selectors
                .iter()
                .map(|selector| self.open(selector, Counted(Rc::clone(&self.writes))));
            let opened = join_all(opening).await;
            for (old, new) in self.streams[first..].iter_mut().zip(opened) {
                *old = new;
            }
            while self.tenant.subscribers() > count {
                yield_now().await;
            }
            cpu_ns() - begin
        })
    }

    async fn open(&self, selector: &str, wire: impl Wire + 'static) -> Stream {
        let outlet = Rc::new(Outlet::new(wire));
        outlet.open();
        let subscription = Subscription {
            tenant: Arc::clone(&self.tenant),
            selectors: [Selector::trusted(Matcher::UriTemplate, selector)].into(),
            grants: Arc::new([]),
            claims: "".into(),
            attributes: Arc::new([]),
            resume: Resume::Live,
            expires_ms: None,
            outlet: Some(outlet),
            framing: Framing::Chunked,
        };
        let opened = self.shard.subscribe(subscription).await;
        opened.expect("let in").stream
    }

    /// Has other instances of `policy` take over while events on `topic`, which has one receiver, are
    /// published one after the other. Answers when each was written, and which was the first that the new
    /// instances decided on.
    pub(crate) fn swap(&self, policy: &Arc<dyn DispatcherFactory>, topic: &str) -> Swapped {
        let change = Change::Policy(PolicyVersion::of(Arc::clone(policy)));
        let first = self.tenant.log().bounds().next.0;
        let mut written = Vec::new();
        self.runtime.block_on(async {
            let is_over = Cell::new(false);
            let publish = async {
                while written.len() < EVENTS_MIN || !is_over.get() {
                    let goal = self.writes.get() + 1;
                    self.tenant.publish(event(topic)).await.expect("accepted");
                    while self.writes.get() < goal {
                        yield_now().await;
                    }
                    written.push(Instant::now());
                }
            };
            let deploy = async {
                let begin = Instant::now();
                let deployed = self.tenant.deploy(change, false).await.expect("fit");
                assert!(deployed.complete, "it has taken over");
                is_over.set(true);
                (begin, deployed.cut.0)
            };
            let ((), (begin, cut)) = join(publish, deploy).await;
            let cut = usize::try_from(cut - first).expect("in memory");
            Swapped {
                begin,
                written,
                cut,
            }
        })
    }

    /// CPU time of this thread for each event, in nanoseconds: one after the other, each published once
    /// all `receivers` were written the one before.
    pub(crate) fn ns_per_event(&self, topics: &[String], receivers: u64) -> f64 {
        let events: Vec<Event> = topics.iter().map(|topic| event(topic)).collect();
        let count = events.len() as f64;
        self.runtime.block_on(async {
            let begin = cpu_ns();
            for event in events {
                let goal = self.writes.get() + receivers;
                self.tenant.publish(event).await.expect("accepted");
                while self.writes.get() < goal {
                    yield_now().await;
                }
            }
            (cpu_ns() - begin) / count
        })
    }
}

/// What was seen of a swap.
pub(crate) struct Swapped {
    pub(crate) begin: Instant,
    /// When each event was written.
    pub(crate) written: Vec<Instant>,
    /// Number of the first event that the new instances decided on.
    pub(crate) cut: usize,
}

/// CPU time of this thread so far.
pub(crate) fn cpu_ns() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

fn event(topic: &str) -> Event {
    Event {
        topics: Topics::new(vec![Topic::new(topic, 4096).expect("a topic")]).expect("one"),
        id: EventId::new("urn:uuid:01234567-89ab-cdef-0123-456789abcdef").expect("an id"),
        kind: None,
        retry_ms: None,
        private: false,
        accepted_ms: 0,
        data: Bytes::from_static(&[b'x'; PAYLOAD_BYTES]),
    }
}
