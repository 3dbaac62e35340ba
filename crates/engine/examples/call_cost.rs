//! What a call to a policy costs, native against Wasm, in one run: ratios hold across machines,
//! nanoseconds do not.
//!
//! ```sh
//! cargo run --release -p umbel-engine --example call_cost
//! ```

use std::fmt;
use std::hint::black_box;
use std::time::Instant;

use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_event::Offset;
use umbel_routing::SubscriberView;
use umbel_routing::{Client, Dispatcher, DispatcherFactory, EventView, RouterFactory, Settings};
use umbel_selector::{Matcher, Selector};

/// The component that is measured: the default policy, as is the native router.
const COMPONENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../guest/dist/dispatcher.wasm"
);
/// Subscribers in all measurements.
const CLIENTS: u32 = 100_000;
/// Subscribers in one `join`.
const SLICE: usize = 1_000;
/// Rounds of each measurement; the fastest counts.
const ROUNDS: u32 = 15;
/// Receivers of the topics that are measured.
const RECEIVERS: [u32; 4] = [0, 10, 1_000, CLIENTS];

fn main() {
    let bytes = std::fs::read(COMPONENT).expect("the default component");
    let settings = Settings {
        seed: 1,
        ..Settings::default()
    };
    let engine = Engine::new().expect("an engine");
    // A call that is measured may be as slow as it is.
    let limits = Limits {
        deadline: std::time::Duration::from_secs(1),
        ..Limits::default()
    };
    let component = PolicyComponent::load(&engine, &bytes, &limits).expect("the default component");
    let wasm = WasmFactory::new(component, settings.clone(), limits);
    let native = RouterFactory::new(settings).expect("empty settings");

    println!("{CLIENTS} clients; nanoseconds, the least of {ROUNDS} rounds");
    println!("{:<34}{:>12}{:>12}{:>9}", "", "native", "wasm", "ratio");
    let start = Instant::now();
    drop(wasm.create());
    let first = start.elapsed();
    let created = Row::of("create and configure", || create(&native), || create(&wasm));
    println!("{created}   (the first: {} us)", first.as_micros());

    let (mut native, mut wasm) = (native.create().unwrap(), wasm.create().unwrap());
    println!(
        "{}",
        Row::each(
            "join, per client",
            join_all(&mut *native),
            join_all(&mut *wasm)
        )
    );
    let row = Row::of(
        "overflow of nothing",
        || empty(&mut *native),
        || empty(&mut *wasm),
    );
    println!("{row}");
    for receivers in RECEIVERS {
        for batch in [1, 16] {
            let name = format!("route {batch} to {receivers}, per event");
            let row = Row::of(
                &name,
                || route(&mut *native, receivers, batch),
                || route(&mut *wasm, receivers, batch),
            );
            println!("{row}");
        }
    }
    println!("guest memory: {} KiB", wasm.memory_bytes() >> 10);
}

/// One line of the table.
struct Row {
    name: String,
    native: f64,
    wasm: f64,
}

impl Row {
    fn of(name: &str, mut native: impl FnMut() -> f64, mut wasm: impl FnMut() -> f64) -> Self {
        let mut best = (f64::INFINITY, f64::INFINITY);
        // In turns, so that a change of the machine's pace meets both.
        for _ in 0..ROUNDS {
            best = (best.0.min(native()), best.1.min(wasm()));
        }
        Self::each(name, best.0, best.1)
    }

    fn each(name: &str, native: f64, wasm: f64) -> Self {
        Self {
            name: name.into(),
            native,
            wasm,
        }
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, native, wasm } = self;
        write!(
            f,
            "{name:<34}{native:>12.1}{wasm:>12.1}{:>8.1}x",
            wasm / native
        )
    }
}

/// Nanoseconds of one `call` of many, so many that a round takes a few milliseconds.
fn nanoseconds(mut call: impl FnMut()) -> f64 {
    let start = Instant::now();
    call();
    let once = start.elapsed().as_nanos().max(1);
    let times = u32::try_from((5_000_000 / once).clamp(1, 20_000)).expect("clamped");
    let start = Instant::now();
    for _ in 0..times {
        call();
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

fn create(factory: &dyn DispatcherFactory) -> f64 {
    nanoseconds(|| drop(black_box(factory.create().expect("room"))))
}

fn empty(policy: &mut dyn Dispatcher) -> f64 {
    nanoseconds(|| drop(black_box(policy.overflow(&[]).expect("no fault"))))
}

/// Joins all clients: everybody watches `all`, the first 1,000 `1000`, the first 10 `10`.
fn join_all(policy: &mut dyn Dispatcher) -> f64 {
    let selectors: Vec<Selector> = RECEIVERS[1..]
        .iter()
        .rev()
        .map(|n| Selector::trusted(Matcher::Exact, &n.to_string()))
        .collect();
    let views: Vec<SubscriberView<'_>> = (0..CLIENTS)
        .map(|client| {
            let watched = RECEIVERS[1..].iter().filter(|&&n| client < n).count();
            SubscriberView {
                client: Client(client),
                selectors: &selectors[..watched],
                grants: &[],
                claims: "",
                attributes: &[],
                joined_ms: 0,
            }
        })
        .collect();
    let start = Instant::now();
    for slice in views.chunks(SLICE) {
        policy.join(slice).expect("no fault");
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(CLIENTS)
}

/// Nanoseconds per event of batches of `batch` events to `receivers` clients each.
fn route(policy: &mut dyn Dispatcher, receivers: u32, batch: u32) -> f64 {
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
    let events = vec![event; batch as usize];
    let audiences = policy.route(&events).expect("no fault");
    assert!(
        audiences.iter().all(|a| a.len() == receivers as usize),
        "the wrong audience"
    );
    nanoseconds(|| drop(black_box(policy.route(&events).expect("no fault")))) / f64::from(batch)
}
