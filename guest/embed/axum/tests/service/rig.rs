//! A service of the test's own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use umbel_embed_axum::{Desk, service};
use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_routing::Settings;

use crate::client::{self, Answer, Subscriber};

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().expect("an engine"));

/// A service on the loopback, gone with the test's runtime.
pub(crate) struct Service {
    pub(crate) address: SocketAddr,
    pub(crate) desk: Desk,
}

impl Service {
    /// With this policy, configured so.
    pub(crate) async fn start(policy: &[u8], config: &str) -> Self {
        let limits = Limits::default();
        let component = PolicyComponent::load(&ENGINE, policy, &limits).expect("a policy");
        let settings = Settings {
            config: config.to_owned(),
            ..Settings::default()
        };
        let desk = Desk::start(WasmFactory::new(component, settings, limits)).expect("started");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        let service = service(desk.clone());
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { address, desk }
    }

    /// A stream for this query.
    pub(crate) async fn subscribe(&self, query: &str) -> Subscriber {
        Subscriber::open(self.address, query).await
    }

    /// The answer to this form.
    pub(crate) async fn post(&self, form: &str) -> Answer {
        client::ask(self.address, "POST", "/events", form).await
    }

    /// Publishes, which has to succeed.
    pub(crate) async fn publish(&self, topic: &str, data: &str) {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("topic", topic), ("data", data)])
            .finish();
        let answer = self.post(&form).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    /// Waits until so many are there.
    pub(crate) async fn until_members(&self, count: usize) {
        let started = Instant::now();
        while self.desk.members() != count {
            assert!(
                started.elapsed() < Duration::from_secs(30),
                "{}",
                self.desk.members()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// A component of `guest/dist`.
pub(crate) fn dist(name: &str) -> Vec<u8> {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist");
    std::fs::read(dist.join(format!("{name}.wasm"))).expect("it is committed")
}
