//! The policies of `guest/examples` that are written in JavaScript and in Python, at work in the hub, under the
//! limits that `docs/policies.md` names for their languages.
//!
//! Their components are not committed: the stages `javascript` and `python` of `cargo xtask test` build them, and
//! its stage `other languages` runs these tests after that.

#[expect(
    dead_code,
    unused_imports,
    reason = "the other end-to-end tests need more of it"
)]
mod rig;

use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::future::join_all;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use umbel_sse::Message;

use crate::rig::{Publisher, Server, Subscriber, Workshop, committed, get, run, secret_file};
use crate::rig::{signed, with_key};

/// Longer than whatever comes takes to come.
const QUIET: Duration = Duration::from_millis(500);

/// Subscribers that one instance holds, and how many of them come at a time.
const CROWD: u32 = 10_000;
const ABREAST: usize = 100;

/// A policy, and what `docs/policies.md` says that one in its language needs.
struct Example {
    component: &'static str,
    deadline: &'static str,
    memory: &'static str,
}

const GEOFENCE: Example = Example {
    component: "guest/examples/geofence/target/geofence.wasm",
    deadline: "100ms",
    memory: "256MiB",
};

const SAMPLING: Example = Example {
    component: "target/python/sampling.wasm",
    deadline: "100ms",
    memory: "64MiB",
};

/// A hub with a key that runs an example.
struct Hub {
    server: Server,
    secret: PathBuf,
}

impl Example {
    /// The documentation says the same, in lines that can be copied.
    fn is_documented(&self) {
        let docs = std::fs::read_to_string(committed("docs/policies.md")).expect("it is there");
        let lines = format!(
            "deadline = \"{}\"\nmemory = \"{}\"",
            self.deadline, self.memory
        );
        assert!(docs.contains(&lines), "docs/policies.md has no {lines}");
    }

    /// `umbel policy test` finds nothing to say against it under these limits.
    fn keeps_the_contract(&self) {
        let component = committed(self.component);
        let allowed = ["--deadline", self.deadline, "--memory", self.memory];
        let said = Workshop::new().policy(&[&["test", &component], &allowed[..]].concat());
        said.good();
    }
}

impl Hub {
    /// With further lines for `[policy]`.
    fn of(example: &Example, lines: &str, args: &[&str]) -> Self {
        let Example {
            component,
            deadline,
            memory,
        } = example;
        let component = committed(component);
        assert!(
            Path::new(&component).exists(),
            "{component} is not there: `cargo xtask test` builds it"
        );
        let secret = secret_file();
        let policy = format!(
            "[policy]\ncomponent = \"{component}\"\ndeadline = \"{deadline}\"\n\
             memory = \"{memory}\"\n{lines}\n"
        );
        let server = Server::run(args, &(with_key(&secret, true) + &policy));
        Self { server, secret }
    }

    fn token(&self, mut claims: Value) -> String {
        claims["exp"] = 4_000_000_000_u64.into();
        claims["mercure"] = json!({"publish": ["*"], "subscribe": ["*"]});
        signed(&self.secret, &claims)
    }

    /// The header line of whoever has a token with these claims.
    fn header(&self, claims: Value) -> Vec<String> {
        vec![format!("Authorization: Bearer {}", self.token(claims))]
    }

    async fn publisher(&self) -> Publisher {
        let publisher = Publisher::connect(self.server.hub).await;
        publisher.with_token(&self.token(json!({})))
    }

    /// Lets a crowd in; `headers` is what each says, by its number.
    async fn crowd(&self, topic: &str, headers: impl Fn(u32) -> Vec<String>) -> Vec<Subscriber> {
        allow_many_sockets();
        let everybody: Vec<Vec<String>> = (0..CROWD).map(headers).collect();
        let mut crowd = Vec::with_capacity(everybody.len());
        for some in everybody.chunks(ABREAST) {
            let come = some.iter();
            let come = come
                .map(async |headers| Subscriber::with(self.server.hub, &[topic], headers).await);
            // A future for each, which is large.
            crowd.extend(join_all(come.map(Box::pin)).await);
        }
        assert_eq!(self.server.subscribers().await, f64::from(CROWD));
        crowd
    }

    /// No call failed, took too long, or wanted too much memory.
    async fn is_well(&self) {
        let metrics = self.server.metrics().await.body;
        let mut faults = metrics
            .lines()
            .filter(|line| line.starts_with("umbel_policy_faults_total{"))
            .peekable();
        assert!(faults.peek().is_some(), "they are counted: {metrics}");
        for line in faults {
            assert!(line.ends_with(" 0"), "{line}");
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // Nobody minds where it stays.
        let _ = std::fs::remove_file(&self.secret);
    }
}

/// As many files as this process may open at all.
fn allow_many_sockets() {
    let maximum = getrlimit(Resource::Nofile).maximum;
    let limit = Rlimit {
        current: maximum,
        maximum,
    };
    setrlimit(Resource::Nofile, limit).expect("up to the hard limit");
}

fn fence(lat: f64, lon: f64) -> Value {
    json!({"fence": {"circle": {"lat": lat, "lon": lon, "km": 25}}})
}

fn data(messages: Vec<Message>) -> Vec<String> {
    messages.into_iter().map(|message| message.data).collect()
}

#[test]
fn both_keep_the_contract_under_the_limits_that_the_documentation_names() {
    run(async {
        for example in [GEOFENCE, SAMPLING] {
            example.is_documented();
            example.keeps_the_contract();
        }
    });
}

#[test]
fn a_policy_in_javascript_sends_what_happens_within_the_fence_of_each() {
    run(async {
        let hub = Hub::of(&GEOFENCE, "config = \"lat = y\"", &[]);
        let to = hub.server.hub;
        let fleet = ["https://fleet.example/{vehicle}"];
        let berlin = hub.header(fence(52.5, 13.4));
        let mut in_berlin = Subscriber::with(to, &fleet, &berlin).await;
        let mut of_seven = Subscriber::with(to, &["https://fleet.example/7"], &berlin).await;
        let mut in_paris = Subscriber::with(to, &fleet, &hub.header(fence(48.85, 2.35))).await;
        let refused = get(to, "/.well-known/mercure?topic=*", &[]).await;
        assert_eq!(refused.status, 403, "who has no fence: {refused:?}");
        let mut publisher = hub.publisher().await;
        let events = [
            ("https://fleet.example/7", r#"{"y": 52.52, "lon": 13.41}"#),
            ("https://fleet.example/8", r#"{"y": 48.86, "lon": 2.35}"#),
            ("https://fleet.example/8", r#"{"y": 52.51, "lon": 13.41}"#),
            ("https://fleet.example/7", "nowhere"),
            ("https://other.example/7", r#"{"y": 52.53, "lon": 13.41}"#),
        ];
        for (topic, data) in events {
            publisher.publish(topic, data).await;
        }
        assert_eq!(in_berlin.data(2).await, [events[0].1, events[2].1]);
        assert_eq!(of_seven.data(1).await, [events[0].1]);
        assert_eq!(in_paris.data(1).await, [events[1].1]);
        let again = [berlin, vec!["Last-Event-ID: earliest".to_owned()]].concat();
        let mut late = Subscriber::with(to, &fleet, &again).await;
        assert_eq!(late.data(2).await, [events[0].1, events[2].1]);
        for mut subscriber in [in_berlin, of_seven, in_paris, late] {
            let more = subscriber.until_quiet(QUIET).await;
            assert!(more.is_empty(), "{more:?}");
        }
        hub.is_well().await;
    });
}

#[test]
fn a_policy_in_python_gives_a_sample_to_strangers_and_all_to_whoever_has_a_token() {
    const EVENTS: usize = 200;
    run(async {
        let hub = Hub::of(&SAMPLING, "config = \"every = 4\"", &[]);
        let to = hub.server.hub;
        let news = ["/news/{id}"];
        let mut known = Subscriber::with(to, &news, &hub.header(json!({}))).await;
        let mut strangers = Vec::new();
        for _ in 0..4 {
            strangers.push(Subscriber::open(to, &news).await);
        }
        let refused = get(to, "/.well-known/mercure?topic=%7B%2Bx%7D", &[]).await;
        assert_eq!(refused.status, 403, "{refused:?}");
        let mut publisher = hub.publisher().await;
        let all: Vec<String> = (0..EVENTS).map(|n| n.to_string()).collect();
        for number in &all {
            publisher.publish("/news/1", number).await;
        }
        assert_eq!(known.data(EVENTS).await, all);
        let earliest = ["Last-Event-ID: earliest".to_owned()];
        strangers.push(Subscriber::with(to, &news, &earliest).await);
        let mut samples = Vec::new();
        for mut stranger in strangers {
            samples.push(data(stranger.until_quiet(QUIET).await));
        }
        let size = samples[0].len();
        assert!((EVENTS / 8..EVENTS / 2).contains(&size), "one in 4: {size}");
        for sample in &samples {
            assert_eq!(
                sample, &samples[0],
                "the same, live and later, on every shard"
            );
        }
        hub.is_well().await;
    });
}

#[test]
fn a_policy_in_javascript_holds_ten_thousand() {
    run(async {
        let hub = Hub::of(&GEOFENCE, "", &["--shards", "1"]);
        // One in two has one of a hundred fences, the others all share a wide one.
        let place = |fence: u32| (f64::from(fence % 10) + 0.5, f64::from(fence / 10) + 0.5);
        let fence_of = |number: u32| number.is_multiple_of(2).then_some(number / 2 % 100);
        let narrow: Vec<_> = (0..100)
            .map(|number| hub.header(fence(place(number).0, place(number).1)))
            .collect();
        let whole = json!({"south": 0, "west": 0, "north": 10, "east": 10});
        let wide = hub.header(json!({"fence": {"box": whole}}));
        let headers = |number| fence_of(number).map_or(&wide, |fence| &narrow[fence as usize]);
        let mut crowd = hub.crowd("fleet", |number| headers(number).clone()).await;
        let mut publisher = hub.publisher().await;
        for at in [42, 7, 99] {
            let (lat, lon) = place(at);
            let data = json!({"lat": lat, "lon": lon}).to_string();
            publisher.publish("fleet", &data).await;
            for (subscriber, number) in crowd.iter_mut().zip(0..) {
                if fence_of(number).is_none_or(|fence| fence == at) {
                    assert_eq!(
                        subscriber.data(1).await,
                        *std::slice::from_ref(&data),
                        "{number}"
                    );
                }
            }
        }
        hub.is_well().await;
    });
}

#[test]
fn a_policy_in_python_holds_ten_thousand() {
    run(async {
        let hub = Hub::of(&SAMPLING, "", &["--shards", "1"]);
        let token = hub.header(json!({}));
        let mut crowd = hub.crowd("news", |_| token.clone()).await;
        let mut publisher = hub.publisher().await;
        for data in ["first", "second", "third"] {
            publisher.publish("news", data).await;
            for subscriber in &mut crowd {
                assert_eq!(subscriber.data(1).await, [data]);
            }
        }
        hub.is_well().await;
    });
}
