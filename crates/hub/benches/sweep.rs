//! From the log to sockets that take everything: `cargo bench -p umbel-hub`.

use std::cell::Cell;
use std::io::{self, IoSlice};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};
use tokio::task::yield_now;
use umbel_event::{Event, EventId, Topic, Topics};
use umbel_eventlog::{MemoryLog, Retention};
use umbel_hub::{
    DEFAULT_TENANT, Framing, Hub, HubConfig, Outlet, PolicyVersion, Resume, Shard, Stream,
    StreamConfig, Subscription, Tenant, TenantConfig, TenantSpec, Wire,
};
use umbel_routing::{RouterFactory, Settings};
use umbel_selector::{Matcher, Selector};
use umbel_sse::Frame;

const CROWDS: [u64; 2] = [1_000, 10_000];
/// Events that are under way at a time.
const WINDOWS: [u64; 2] = [1, 16];
const PAYLOADS_BYTES: [usize; 2] = [100, 10_000];
/// Longer than any measurement: what is counted are deliveries alone.
const NEVER: Duration = Duration::from_secs(1 << 30);

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20);
    targets = sweep
}
criterion_main!(benches);

fn sweep(c: &mut Criterion) {
    let mut group = c.benchmark_group("sweep");
    for crowd in CROWDS {
        let stage = Stage::new(crowd);
        for window in WINDOWS {
            for bytes in PAYLOADS_BYTES {
                let data = Bytes::from(vec![b'x'; bytes]);
                group.throughput(Throughput::Elements(crowd * window));
                let id = BenchmarkId::new(format!("{window} under way, {bytes} bytes"), crowd);
                group.bench_function(id, |b| {
                    b.iter_custom(|rounds| stage.deliver(rounds, window, &data));
                });
            }
        }
    }
    group.finish();
}

/// A hub of one shard on this thread, and a crowd that gets everything.
struct Stage {
    runtime: LocalRuntime,
    tenant: Arc<Tenant>,
    taken: Rc<Cell<u64>>,
    crowd: u64,
    _shard: Rc<Shard>,
    _streams: Vec<Stream>,
}

/// Takes everything, and counts the bytes.
struct Counted(Rc<Cell<u64>>);

impl Wire for Counted {
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.set(self.0.get() + bytes.len() as u64);
        Ok(bytes.len())
    }

    fn try_write_vectored(&self, buffers: &[IoSlice<'_>]) -> io::Result<usize> {
        let bytes = buffers.iter().map(|buffer| buffer.len()).sum();
        self.0.set(self.0.get() + bytes as u64);
        Ok(bytes)
    }
}

impl Stage {
    fn new(crowd: u64) -> Self {
        let stream = StreamConfig {
            heartbeat: NEVER,
            age: NEVER,
            ..StreamConfig::default()
        };
        let keep = Retention {
            events_max: 1_000,
            ..Retention::UNBOUNDED
        };
        let policy = RouterFactory::new(Settings::default()).expect("empty settings");
        let hub = Hub::new(HubConfig::default());
        let added = hub.add(TenantSpec {
            name: DEFAULT_TENANT.to_owned(),
            config: TenantConfig {
                stream,
                ..TenantConfig::default()
            },
            log: Arc::new(MemoryLog::new(keep)),
            policy: PolicyVersion::of(Arc::new(policy)),
            filter: None,
        });
        let tenant = added.expect("a new name");
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build_local(LocalOptions::default())
            .expect("a runtime");
        let taken = Rc::<Cell<u64>>::default();
        let (shard, streams) = runtime.block_on(async {
            let shard = Shard::start(&hub, 0);
            let mut streams = Vec::new();
            for _ in 0..crowd {
                streams.push(subscribe(&shard, &tenant, &taken).await);
            }
            (shard, streams)
        });
        Self {
            runtime,
            tenant,
            taken,
            crowd,
            _shard: shard,
            _streams: streams,
        }
    }

    /// How long it takes for so many windows of events to be written to everyone.
    fn deliver(&self, rounds: u64, window: u64, data: &Bytes) -> Duration {
        let bytes = self.crowd * Frame::event(&event(data)).chunk().len() as u64;
        self.runtime.block_on(async {
            let begin = Instant::now();
            for _ in 0..rounds {
                let goal = self.taken.get() + window * bytes;
                for _ in 0..window {
                    self.tenant.publish(event(data)).await.expect("accepted");
                }
                while self.taken.get() < goal {
                    yield_now().await;
                }
            }
            begin.elapsed()
        })
    }
}

fn event(data: &Bytes) -> Event {
    let topic = Topic::new("news", 10).expect("a topic");
    Event {
        topics: Topics::new(vec![topic]).expect("one"),
        id: EventId::new("an id").expect("an id"),
        kind: None,
        retry_ms: None,
        private: false,
        accepted_ms: 0,
        data: data.clone(),
    }
}

async fn subscribe(shard: &Shard, tenant: &Arc<Tenant>, taken: &Rc<Cell<u64>>) -> Stream {
    let outlet = Rc::new(Outlet::new(Counted(Rc::clone(taken))));
    outlet.open();
    let subscription = Subscription {
        tenant: Arc::clone(tenant),
        selectors: [Selector::trusted(Matcher::Exact, "news")].into(),
        grants: Arc::new([]),
        claims: "".into(),
        attributes: Arc::new([]),
        resume: Resume::Live,
        expires_ms: None,
        outlet: Some(outlet),
        framing: Framing::Chunked,
    };
    let mut stream = shard.subscribe(subscription).await.expect("let in").stream;
    let mut cx = Context::from_waker(Waker::noop());
    assert!(stream.poll_write(&mut cx).is_pending(), "it stays open");
    stream
}
