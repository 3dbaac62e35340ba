//! What a call to the default policy costs, native against Wasm: `cargo bench -p umbel-engine`.

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, criterion_group, criterion_main};
use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_event::Offset;
use umbel_routing::{Client, Dispatcher, DispatcherFactory, EventView, FullMailbox};
use umbel_routing::{RouterFactory, Settings, SubscriberView};
use umbel_selector::{Matcher, Selector};

/// The component that is measured: the default policy, as is the native router.
const COMPONENT: &[u8] = include_bytes!("../../../guest/dist/dispatcher.wasm");
const CLIENTS: u32 = 100_000;
/// Subscribers in one call.
const SLICE: u32 = 256;
/// Receivers of the topics that are measured; everyone watches each that its handle is below.
const RECEIVERS: [u32; 3] = [0, 10, CLIENTS];

criterion_group!(benches, calls);
criterion_main!(benches);

fn calls(c: &mut Criterion) {
    for (name, factory) in factories() {
        let mut policy = factory.create().expect("an instance");
        let selectors: Vec<[Selector; 3]> = (0..CLIENTS).map(selectors).collect();
        for first in (0..CLIENTS).step_by(SLICE as usize) {
            join(&mut *policy, &selectors, first);
        }
        let mut group = c.benchmark_group("call");
        routes(&mut group, name, &mut *policy);
        group.bench_function(BenchmarkId::new("overflow of 256", name), |b| {
            let full: Vec<_> = (0..SLICE).map(full).collect();
            b.iter(|| policy.overflow(&full).expect("no fault"));
        });
        let mut first = 0;
        group.bench_function(BenchmarkId::new("256 leave and join", name), |b| {
            b.iter(|| {
                first = (first + 7_919 * SLICE) % (CLIENTS - SLICE);
                let leaving: Vec<_> = (first..first + SLICE).map(Client).collect();
                policy.leave(&leaving).expect("no fault");
                join(&mut *policy, &selectors, first);
            });
        });
        group.finish();
    }
}

fn factories() -> [(&'static str, Box<dyn DispatcherFactory>); 2] {
    let settings = Settings {
        seed: 1,
        ..Settings::default()
    };
    let (engine, limits) = (Engine::new().expect("an engine"), Limits::default());
    let component = PolicyComponent::load(&engine, COMPONENT, &limits).expect("the default");
    let native = RouterFactory::new(settings.clone()).expect("empty settings");
    let wasm = WasmFactory::new(component, settings, limits);
    [("native", Box::new(native)), ("wasm", Box::new(wasm))]
}

fn routes(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, policy: &mut dyn Dispatcher) {
    for receivers in RECEIVERS {
        let topic = receivers.to_string();
        let topics = [topic.as_str()];
        let event = EventView {
            offset: Offset(1),
            id: "",
            topics: &topics,
            kind: None,
            private: false,
            accepted_ms: 1,
            size: 100,
            data: None,
            attributes: &[],
        };
        let audiences = policy.route(&[event]).expect("no fault");
        assert_eq!(audiences[0].len(), receivers as usize);
        group.bench_function(
            BenchmarkId::new(format!("route to {receivers}"), name),
            |b| {
                b.iter(|| policy.route(&[event]).expect("no fault"));
            },
        );
    }
}

fn selectors(client: u32) -> [Selector; 3] {
    let watched = |n: &u32| {
        if client < *n {
            n.to_string()
        } else {
            format!("not {n}")
        }
    };
    let [_, few, all] = RECEIVERS.each_ref().map(watched);
    [few, all, format!("own {client}")].map(|topic| Selector::trusted(Matcher::Exact, &topic))
}

fn join(policy: &mut dyn Dispatcher, selectors: &[[Selector; 3]], first: u32) {
    let last = (first + SLICE).min(CLIENTS);
    let view = |client: u32| SubscriberView {
        client: Client(client),
        selectors: &selectors[client as usize],
        grants: &[],
        claims: "",
        attributes: &[],
        joined_ms: 0,
    };
    let views: Vec<_> = (first..last).map(view).collect();
    let admissions = policy.join(&views).expect("no fault");
    assert!(admissions.iter().all(Result::is_ok), "let in");
}

fn full(client: u32) -> FullMailbox {
    FullMailbox {
        client: Client(client),
        offset: Offset(1),
        events: 1_024,
        bytes: 1 << 20,
        oldest_ms: 1,
    }
}
