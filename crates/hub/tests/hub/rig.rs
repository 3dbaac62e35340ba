//! A hub of one shard on this thread, and clients that read its streams.

mod pipe;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use umbel_event::{Event, EventId, Kind, Offset, Topic, Topics};
use umbel_eventlog::{EventLog, MemoryLog, Retention};
use umbel_hub::{
    FilterVersion, Framing, Hub, HubConfig, Outlet, PolicyVersion, Publication, PublishError,
    Refused, Resume, Shard, Stream, Subscription, Tenant, TenantConfig, TenantSpec,
};
use umbel_routing::{DispatcherFactory, RouterFactory, Settings};
use umbel_selector::{Matcher, Selector};
use umbel_sse::{Decoder, Message};

use self::pipe::Pipe;
use crate::dechunk::Dechunker;

/// A hub on this thread, of one shard where nothing else is asked for.
pub(crate) struct Rig {
    pub(crate) hub: Arc<Hub>,
    pub(crate) tenant: Arc<Tenant>,
    pub(crate) shards: Vec<Rc<Shard>>,
    published: Cell<u64>,
}

/// One end of a stream.
pub(crate) struct Client {
    pub(crate) stream: Stream,
    pub(crate) cursor: Option<String>,
    pub(crate) outlet: Rc<Outlet<Pipe>>,
    door: Door,
    dechunker: Dechunker,
    decoder: Decoder,
}

/// How streams leave the hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    /// As the body of a response, piece by piece.
    Body,
    /// Through a socket that takes all that it is offered while its client reads.
    Socket,
    /// Through one that takes a byte, then nothing, then a byte.
    ByteByByte,
}

/// What a subscriber asks for, in short.
pub(crate) struct Ask<'a> {
    pub(crate) topics: &'a [&'a str],
    pub(crate) grants: &'a [&'a str],
    pub(crate) resume: Resume,
    pub(crate) expires_ms: Option<u64>,
}

pub(crate) const ASK: Ask<'static> = Ask {
    topics: &["*"],
    grants: &[],
    resume: Resume::Live,
    expires_ms: None,
};

/// Of everything that is spread or jittered.
const SEED: u64 = 7;

thread_local! {
    static DOOR: Cell<Door> = const { Cell::new(Door::Body) };
}

/// Runs a test through every door.
pub(crate) fn run(test: impl AsyncFn()) {
    for door in [Door::Body, Door::Socket, Door::ByteByByte] {
        run_through(door, &test);
    }
}

/// Runs a test that means response bodies and nothing else.
pub(crate) fn run_as_body(test: impl AsyncFn()) {
    run_through(Door::Body, &test);
}

/// Runs a test on a current-thread runtime whose time moves only when all is idle.
pub(crate) fn run_through(door: Door, test: &impl AsyncFn()) {
    eprintln!("through {door:?}");
    DOOR.set(door);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    tokio::task::LocalSet::new().block_on(&runtime, test());
}

pub(crate) fn native(config: &str) -> Arc<dyn DispatcherFactory> {
    let settings = Settings {
        config: config.into(),
        ..Settings::default()
    };
    Arc::new(RouterFactory::new(settings).expect("a valid configuration"))
}

impl Rig {
    /// With the native policy, configured so.
    pub(crate) fn new(policy: &str) -> Self {
        Self::with(
            TenantConfig::default(),
            Retention::UNBOUNDED,
            native(policy),
        )
    }

    pub(crate) fn with(
        config: TenantConfig,
        keep: Retention,
        policy: Arc<dyn DispatcherFactory>,
    ) -> Self {
        let log: Arc<dyn EventLog> = Arc::new(MemoryLog::new(keep));
        Self::start(
            1,
            TenantSpec {
                name: umbel_hub::DEFAULT_TENANT.into(),
                config,
                log,
                policy: PolicyVersion::of(policy),
                filter: None,
            },
        )
    }

    /// With this policy and filter, all else as it is by default.
    pub(crate) fn deciding(
        shards: usize,
        policy: PolicyVersion,
        filter: Option<FilterVersion>,
    ) -> Self {
        Self::start(shards, spec(umbel_hub::DEFAULT_TENANT, policy, filter))
    }

    pub(crate) fn start(shards: usize, spec: TenantSpec) -> Self {
        let hub = Hub::new(HubConfig { shards, seed: SEED });
        let tenant = hub.add(spec).expect("a new name");
        let shards = (0..shards).map(|i| Shard::start(&hub, i)).collect();
        Self {
            hub,
            tenant,
            shards,
            published: Cell::new(0),
        }
    }

    pub(crate) async fn subscribe(&self, topics: &[&str]) -> Client {
        self.open(Ask { topics, ..ASK }).await.expect("let in")
    }

    pub(crate) async fn open(&self, ask: Ask<'_>) -> Result<Client, Refused> {
        self.open_at(&self.tenant, 0, ask).await
    }

    /// On that shard, in the world of `tenant`.
    pub(crate) async fn open_at(
        &self,
        tenant: &Arc<Tenant>,
        shard: usize,
        ask: Ask<'_>,
    ) -> Result<Client, Refused> {
        let door = DOOR.get();
        let outlet = Rc::new(Outlet::new(Pipe::new(door == Door::ByteByByte)));
        let framing = match door {
            Door::Body => Framing::Plain,
            Door::Socket | Door::ByteByByte => Framing::Chunked,
        };
        let opened = self.shards[shard]
            .subscribe(Subscription {
                tenant: Arc::clone(tenant),
                selectors: selectors(ask.topics),
                grants: selectors(ask.grants),
                claims: "".into(),
                attributes: Arc::new([]),
                resume: ask.resume,
                expires_ms: ask.expires_ms,
                outlet: Some(Rc::clone(&outlet) as Rc<Outlet>),
                framing,
            })
            .await?;
        if door != Door::Body {
            // A client that does not read has a socket that takes nothing.
            outlet.block();
            outlet.open();
        }
        Ok(Client {
            stream: opened.stream,
            cursor: opened.cursor,
            outlet,
            door,
            dechunker: Dechunker::default(),
            decoder: Decoder::default(),
        })
    }

    /// Publishes `data` and lets the hub do all it can.
    pub(crate) async fn publish(&self, topic: &str, data: &str) -> Offset {
        let offset = self
            .try_publish(topic, data, false)
            .await
            .expect("accepted");
        self.settle().await;
        offset
    }

    /// The id of an event is its number, counted from 1.
    pub(crate) async fn try_publish(
        &self,
        topic: &str,
        data: &str,
        private: bool,
    ) -> Result<Offset, PublishError> {
        self.tenant.publish(self.event(topic, data, private)).await
    }

    /// An event, the next one.
    pub(crate) fn event(&self, topic: &str, data: &str, private: bool) -> Event {
        self.published.set(self.published.get() + 1);
        let topics = vec![Topic::new(topic, 4096).expect("a topic")];
        Event {
            topics: Topics::new(topics).expect("one topic"),
            id: EventId::new(&self.published.get().to_string()).expect("an id"),
            kind: None::<Kind>,
            retry_ms: None,
            private,
            accepted_ms: unix_ms(),
            data: Bytes::copy_from_slice(data.as_bytes()),
        }
    }

    /// As a publisher with a token for these topics, past any admission filter.
    pub(crate) async fn send(
        &self,
        event: Event,
        grants: Option<&[&str]>,
    ) -> Result<Offset, PublishError> {
        let publication = Publication {
            event,
            claims: r#"{"sub":"p"}"#.into(),
            grants: grants.map(selectors),
        };
        self.shards[0].publish(&self.tenant, publication).await
    }

    /// Lets every task run until none has anything left to do, in no time.
    pub(crate) async fn settle(&self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    /// Everything that Prometheus would be told.
    pub(crate) fn metrics(&self) -> String {
        let mut registry = prometheus_client::registry::Registry::default();
        self.hub.register(&mut registry);
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &registry).expect("text");
        text
    }

    /// The value of one sample, such as `umbel_leaves_total{tenant="default",reason="age"}`.
    pub(crate) fn metric(&self, sample: &str) -> f64 {
        let text = self.metrics();
        let line = text
            .lines()
            .find(|l| l.rsplit_once(' ').is_some_and(|(name, _)| name == sample));
        let value = line
            .unwrap_or_else(|| panic!("no {sample} in\n{text}"))
            .rsplit_once(' ');
        value.and_then(|(_, v)| v.parse().ok()).expect("a number")
    }
}

/// A tenant of that name, all else as it is by default but for the deadline: how long the machine takes decides
/// on nothing here.
pub(crate) fn spec(name: &str, policy: PolicyVersion, filter: Option<FilterVersion>) -> TenantSpec {
    let mut config = TenantConfig::default();
    config.components.deadline = Duration::from_secs(60);
    TenantSpec {
        name: name.into(),
        config,
        log: Arc::new(MemoryLog::new(Retention::UNBOUNDED)),
        policy,
        filter,
    }
}

impl Client {
    /// Reads all that the stream has now, without waiting; false once it has ended.
    pub(crate) fn read(&mut self) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        if self.door != Door::Body {
            return self.read_socket(&mut cx);
        }
        loop {
            match self.stream.poll_chunk(&mut cx) {
                Poll::Ready(Some(bytes)) => self.decoder.feed(&bytes).expect("a sound stream"),
                Poll::Ready(None) => return false,
                Poll::Pending => return true,
            }
        }
    }

    fn read_socket(&mut self, cx: &mut Context<'_>) -> bool {
        loop {
            self.outlet.unblock();
            let ended = self.stream.poll_write(cx).is_ready();
            let bytes = self.outlet.wire().drain();
            let is_more = self.outlet.is_blocked();
            self.outlet.block();
            self.decoder
                .feed(&self.dechunker.feed(&bytes))
                .expect("a sound stream");
            if ended {
                assert!(self.dechunker.has_ended(), "with its last chunk");
                return false;
            }
            if !is_more {
                return true;
            }
        }
    }

    /// One piece, if there is one now.
    pub(crate) fn read_piece(&mut self) -> Option<Bytes> {
        match self
            .stream
            .poll_chunk(&mut Context::from_waker(Waker::noop()))
        {
            Poll::Ready(bytes) => bytes,
            Poll::Pending => None,
        }
    }

    /// The data of all messages that the stream has now; gaps as `gap CAUSE COUNT`.
    pub(crate) fn data(&mut self) -> Vec<String> {
        self.read();
        self.decoder.by_ref().map(|m| text(&m)).collect()
    }

    /// The data of all messages that the station wrote to the socket by itself.
    pub(crate) fn written(&mut self) -> Vec<String> {
        let bytes = self.dechunker.feed(&self.outlet.wire().drain());
        self.decoder.feed(&bytes).expect("a sound stream");
        self.decoder.by_ref().map(|m| text(&m)).collect()
    }

    /// As [`Self::data`], again and again until nothing more comes: pages are fed one at a time.
    pub(crate) async fn all_data(&mut self, rig: &Rig) -> Vec<String> {
        let mut all = Vec::new();
        let mut quiet = 0;
        while quiet < 2 {
            let data = self.data();
            quiet = if data.is_empty() { quiet + 1 } else { 0 };
            all.extend(data);
            rig.settle().await;
        }
        all
    }

    pub(crate) fn comments(&self) -> u64 {
        self.decoder.comments()
    }

    pub(crate) fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }

    pub(crate) fn reconnection_ms(&self) -> Option<u64> {
        self.decoder.reconnection_ms()
    }
}

fn text(message: &Message) -> String {
    if message.kind == "umbel.gap" {
        assert_eq!(message.id, None, "a gap carries no id");
        return format!("gap {}", message.data);
    }
    message.data.clone()
}

/// Unix time in milliseconds.
pub(crate) fn unix_ms() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    u64::try_from(now.as_millis()).expect("in range")
}

pub(crate) fn selectors(patterns: &[&str]) -> Arc<[Selector]> {
    let selector = |p: &&str| Selector::new(Matcher::UriTemplate, p, 4096).expect("a selector");
    patterns.iter().map(selector).collect()
}

/// `["0", "1", ...]`, as many as asked for.
pub(crate) fn numbers(range: std::ops::Range<u64>) -> Vec<String> {
    range.map(|n| n.to_string()).collect()
}
