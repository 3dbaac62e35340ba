//! What one more tenant costs that shares the default policy: memory and time of an instance, with one
//! subscriber joined.
//!
//! ```sh
//! cargo run --release -p umbel-engine --example tenants -- 10000
//! ```

use std::fmt::Display;
use std::fs;
use std::time::{Duration, Instant};

use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_routing::{Client, Dispatcher, DispatcherFactory, Settings, SubscriberView};
use umbel_selector::{Matcher, Selector};

/// The component that is measured: the default policy.
const COMPONENT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../guest/dist/dispatcher.wasm"
);
/// Tenants where none are named.
const TENANTS: usize = 10_000;

fn main() {
    let tenants = std::env::args()
        .nth(1)
        .map_or(TENANTS, |n| n.parse().expect("a number of tenants"));
    let bytes = fs::read(COMPONENT).expect("the default component");

    let before = Footprint::now();
    let start = Instant::now();
    let engine = Engine::new().expect("an engine");
    row("engine: start", us(start.elapsed()));
    let idle = Footprint::now();
    row("engine: allocation", format!("{:?}", engine.allocation()));
    row("engine: instances", engine.pool_usage().instances_max);
    row("engine: resident", kib(idle.resident - before.resident));
    row("engine: page tables", kib(idle.tables - before.tables));
    row(
        "engine: address space",
        format!(
            "{:.1} TiB",
            (idle.space - before.space) as f64 / (1_u64 << 40) as f64
        ),
    );

    let limits = Limits::default();
    let start = Instant::now();
    let component = PolicyComponent::load(&engine, &bytes, &limits).expect("the default component");
    row("component: compile and check", us(start.elapsed()));
    let factory = WasmFactory::new(component, Settings::default(), limits);

    println!();
    let joined = measure(&factory, tenants, true);
    let again = measure(&factory, tenants, true);
    let untouched = measure(&factory, tenants, false);
    println!(
        "{tenants} instances: {:>14}{:>14}{:>14}",
        "joined", "again", "only configured"
    );
    for (name, of) in [
        (
            "create and configure",
            (|c: &Cost| us(c.create)) as fn(&Cost) -> String,
        ),
        ("join one", |c| us(c.join)),
        ("call of nothing", |c| us(c.route)),
        ("drop", |c| us(c.drop)),
        ("resident, each", |c| kib(c.resident)),
        ("page tables, each", |c| kib(c.tables)),
        ("mappings, each", |c| format!("{:.2}", c.mappings)),
        ("guest memory, each", |c| kib(c.guest)),
    ] {
        println!(
            "{name:<24}{:>14}{:>14}{:>14}",
            of(&joined),
            of(&again),
            of(&untouched)
        );
    }
}

fn row(name: &str, value: impl Display) {
    println!("{name:<32}{value}");
}

fn us(time: Duration) -> String {
    format!("{:.1} us", time.as_secs_f64() * 1e6)
}

fn kib(bytes: i64) -> String {
    format!("{:.1} KiB", bytes as f64 / 1024.0)
}

/// What one instance of many costs.
struct Cost {
    create: Duration,
    join: Duration,
    route: Duration,
    drop: Duration,
    resident: i64,
    tables: i64,
    mappings: f64,
    guest: i64,
}

fn measure(factory: &WasmFactory, tenants: usize, joins: bool) -> Cost {
    let count = u32::try_from(tenants).expect("a moderate number");
    let before = Footprint::now();
    let mut policies: Vec<Box<dyn Dispatcher>> = Vec::with_capacity(tenants);
    let start = Instant::now();
    for n in 0..tenants {
        policies.push(
            factory
                .create()
                .unwrap_or_else(|e| panic!("instance {n}: {e}")),
        );
    }
    let create = start.elapsed() / count;
    let selectors = [Selector::trusted(
        Matcher::Exact,
        "https://example.com/books/1",
    )];
    let subscriber = SubscriberView {
        client: Client(0),
        selectors: &selectors,
        grants: &[],
        claims: "",
        attributes: &[],
        joined_ms: 0,
    };
    let start = Instant::now();
    if joins {
        for policy in &mut policies {
            policy.join(&[subscriber]).expect("no fault")[0]
                .as_ref()
                .expect("let in");
        }
    }
    let join = start.elapsed() / count;
    let after = Footprint::now();
    let start = Instant::now();
    for policy in &mut policies {
        policy.route(&[]).expect("no fault");
    }
    let route = start.elapsed() / count;
    let guest: u64 = policies.iter().map(|p| p.memory_bytes()).sum();
    let start = Instant::now();
    drop(policies);
    let drop = start.elapsed() / count;
    let each = |bytes: i64| bytes / i64::from(count);
    Cost {
        create,
        join,
        route,
        drop,
        resident: each(after.resident - before.resident),
        tables: each(after.tables - before.tables),
        mappings: (after.mappings - before.mappings) as f64 / f64::from(count),
        guest: each(guest.cast_signed()),
    }
}

/// What this process has of the machine, in bytes.
struct Footprint {
    resident: i64,
    tables: i64,
    space: i64,
    mappings: i64,
}

impl Footprint {
    fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").expect("Linux");
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.split_whitespace().nth(1));
            value.and_then(|v| v.parse::<i64>().ok()).expect(name) * 1024
        };
        let maps = fs::read_to_string("/proc/self/maps").expect("Linux");
        Self {
            resident: field("VmRSS:"),
            tables: field("VmPTE:"),
            space: field("VmSize:"),
            mappings: maps.lines().count().try_into().expect("few"),
        }
    }
}
