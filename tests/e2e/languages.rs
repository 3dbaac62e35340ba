//! The policies that are written in JavaScript and Python, in the real hub. A program of its own, since their
//! components are built by tools that not everybody has: `cargo xtask test` builds them, names them in
//! [`GEOFENCE`] and [`SAMPLING`], and runs this.

#[path = "../../host/examples/policies/crowd.rs"]
mod crowd;
#[expect(dead_code, unused_imports, reason = "the other tests need more of it")]
mod rig;

use std::time::Duration;

use serde_json::json;
use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_routing::{Client, DispatcherFactory, Settings};

use crowd::{ALL, BATCH, CLIENTS, ONE, PAGE, PAGE_CLIENTS, event};
use rig::{
    Publisher, Server, Subscriber, form, get, path_of, run, secret_file, signed, token, with_key,
};

/// Names the component of `guest/examples/geofence`.
const GEOFENCE: &str = "GEOFENCE";
/// Names the component of `guest/examples/sampling`.
const SAMPLING: &str = "SAMPLING";

/// How often the largest calls are made, so that what they leave behind gathers.
const ROUNDS: usize = 20;

/// Longer than whatever comes takes to come.
const QUIET: Duration = Duration::from_millis(500);

/// The path of the component that `variable` names.
fn built(variable: &str) -> String {
    std::env::var(variable)
        .unwrap_or_else(|_| panic!("{variable} names no component: `cargo xtask test` builds one"))
}

/// The lines of `docs/policies.md` for a language, in force for the component that `variable` names.
fn policy(variable: &str, language: &str) -> String {
    let documented = include_str!("../../docs/policies.md");
    let heading = format!("```toml\n# {language}\n");
    let lines = documented.split(&heading).nth(1).expect("its lines");
    let lines = lines.split("```").next().expect("an end");
    let component = format!("[policy]\ncomponent = \"{}\"\n", built(variable));
    let all = lines.replacen("[policy]\n", &component, 1);
    assert_ne!(lines, all, "{lines}");
    all
}

/// The limits that those lines set.
fn limits(variable: &str, language: &str) -> Limits {
    let lines: toml::Table = policy(variable, language).parse().expect("TOML");
    let of_policy = |key: &str| lines["policy"].get(key).and_then(toml::Value::as_str);
    let number = |key: &str, unit: &str| {
        let number = of_policy(key)?.strip_suffix(unit).expect("its unit");
        Some(number.parse::<u32>().expect("a number"))
    };
    let default = Limits::default();
    Limits {
        deadline: number("deadline", "ms")
            .map_or(default.deadline, |ms| Duration::from_millis(ms.into())),
        memory_bytes: number("memory", "MiB").map_or(default.memory_bytes, |n| (n as usize) << 20),
        ..default
    }
}

/// Has an instance do the most that a hub asks of it in one call, for as many subscribers as the documentation says.
fn holds_the_crowd(variable: &str, language: &str) {
    let limits = limits(variable, language);
    let bytes = std::fs::read(built(variable)).expect("a component");
    let engine = Engine::new().expect("an engine");
    let component = PolicyComponent::load(&engine, &bytes, &limits).expect("it is acceptable");
    let factory = WasmFactory::new(component, Settings::default(), limits);
    let mut policy = factory.create().expect("it starts");
    crowd::join(&mut *policy, false);
    let page: Vec<_> = (1..=PAGE).map(|n| event(&[ALL], n)).collect();
    let asked: Vec<Client> = (0..PAGE_CLIENTS).map(Client).collect();
    for _ in 0..ROUNDS {
        for (topic, events, receivers) in [(ONE, 1, 1), (ALL, BATCH, CLIENTS)] {
            let topics = [topic];
            let batch: Vec<_> = (1..=events).map(|n| event(&topics, n)).collect();
            let audiences = policy.route(&batch).expect("within its limits");
            let right = audiences.iter().all(|a| a.len() == receivers as usize);
            assert!(right, "{topic}");
        }
        let selected = policy.select(&asked, &page).expect("within its limits");
        assert!(selected.iter().all(|s| s.len() == page.len()));
    }
    let everybody: Vec<Client> = (0..CLIENTS).map(Client).collect();
    for gone in everybody.chunks(PAGE_CLIENTS as usize) {
        policy.leave(gone).expect("within its limits");
    }
    let [audience] = &policy
        .route(&[event(&[ALL], 1)])
        .expect("within its limits")[..]
    else {
        panic!("one answer for one event")
    };
    assert!(audience.is_empty(), "all have gone");
}

/// The policy never failed.
async fn no_faults(server: &Server) {
    let metrics = server.metrics().await.body;
    let mut faults = metrics
        .lines()
        .filter(|l| l.starts_with("umbel_policy_faults_total{"));
    assert!(faults.all(|line| line.ends_with(" 0")), "{metrics}");
}

#[test]
fn ten_thousand_fit_under_the_documented_limits_in_javascript() {
    holds_the_crowd(GEOFENCE, "JavaScript");
}

#[test]
fn ten_thousand_fit_under_the_documented_limits_in_python() {
    holds_the_crowd(SAMPLING, "Python");
}

#[test]
fn an_event_reaches_those_whose_fence_holds_its_place() {
    run(async {
        let secret = secret_file();
        let config = with_key(&secret, true) + &policy(GEOFENCE, "JavaScript");
        let server = Server::run(&[], &config);
        let fenced = |lat: f64, lon: f64| {
            let fence = json!({"circle": {"lat": lat, "lon": lon, "km": 25}});
            let claims = json!({"exp": 4_000_000_000_u64, "mercure": {}, "fence": fence});
            format!("Authorization: Bearer {}", signed(&secret, &claims))
        };
        let topics = ["https://fleet.example/{vehicle}"];
        let (berlin, paris) = (fenced(52.5, 13.4), fenced(48.9, 2.4));
        let mut in_berlin =
            Subscriber::with(server.hub, &topics, std::slice::from_ref(&berlin)).await;
        let mut in_paris = Subscriber::with(server.hub, &topics, &[paris]).await;
        let mut publisher = Publisher::connect(server.hub)
            .await
            .with_token(&token(&secret, &["--publish", "*"]));
        let places = [
            r#"{"lat":52.52,"lon":13.41}"#,
            r#"{"lat":48.85,"lon":2.35}"#,
            r#"{"lat":0,"lon":0}"#,
            "nowhere",
            r#"{"lat":52.4,"lon":13.3}"#,
        ];
        for place in places {
            publisher.publish("https://fleet.example/7", place).await;
        }
        assert_eq!(in_berlin.data(2).await, [places[0], places[4]]);
        assert_eq!(in_paris.data(1).await, [places[1]]);
        let again = [berlin, "Last-Event-ID: earliest".to_owned()];
        let mut late = Subscriber::with(server.hub, &topics, &again).await;
        assert_eq!(late.data(2).await, [places[0], places[4]]);
        for mut subscriber in [in_berlin, in_paris, late] {
            let more = subscriber.until_quiet(QUIET).await;
            assert!(more.is_empty(), "{more:?}");
        }
        let path = format!("{}?{}", path_of("default"), form(&[("topic", "*")]));
        let without = get(server.hub, &path, &[]).await;
        assert_eq!(without.status, 403, "{without:?}");
        no_faults(&server).await;
    });
}

#[test]
fn whoever_has_no_token_gets_the_same_sample_live_and_replayed() {
    const EVENTS: usize = 64;
    run(async {
        let secret = secret_file();
        let config =
            with_key(&secret, true) + &policy(SAMPLING, "Python") + "config = \"every = 4\"\n";
        let server = Server::run(&[], &config);
        let named = format!(
            "Authorization: Bearer {}",
            token(&secret, &["--subscribe", "*"])
        );
        let mut known = Subscriber::with(server.hub, &["/news/{id}"], &[named]).await;
        let mut stranger = Subscriber::open(server.hub, &["/news/{id}"]).await;
        let mut publisher = Publisher::connect(server.hub)
            .await
            .with_token(&token(&secret, &["--publish", "*"]));
        let all: Vec<String> = (0..EVENTS).map(|n| n.to_string()).collect();
        for data in &all {
            publisher.publish("/news/1", data).await;
        }
        assert_eq!(known.data(EVENTS).await, all);
        let sample = stranger.until_quiet(QUIET).await;
        let sample: Vec<String> = sample.into_iter().map(|m| m.data).collect();
        assert!(!sample.is_empty() && sample.len() < EVENTS, "{sample:?}");
        assert!(sample.iter().all(|data| all.contains(data)), "{sample:?}");
        let earliest = ["Last-Event-ID: earliest".to_owned()];
        let mut late = Subscriber::with(server.hub, &["/news/{id}"], &earliest).await;
        assert_eq!(late.data(sample.len()).await, sample);
        let more = late.until_quiet(QUIET).await;
        assert!(more.is_empty(), "{more:?}");
        no_faults(&server).await;
    });
}
