//! One component, measured.

use std::fs;
use std::path::Path;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use umbel_engine::{ChildProcess, CodeCache, CompileLimits, Engine, Limits};
use umbel_engine::{PolicyComponent, WasmFactory};
use umbel_routing::{Client, Dispatcher, DispatcherFactory, EventView, Settings};

use crate::crowd::{ALL, PAGE_EVENTS, SUBSCRIBERS, event, own, selectors, subscriber};

/// What this program is called with to compile a component, and a file for what that cost.
pub(crate) const COMPILE: &str = "compile-component";

/// Of calls that are repeated, the median of so many counts.
const ROUNDS: usize = 51;
/// The same for instances, and for components that are loaded.
const STARTS: usize = 5;
/// The one whose own topic is published to.
const ONE: u32 = 77;

/// What a component costs; times in microseconds where nothing else is said.
pub(crate) struct Measured {
    pub(crate) size_bytes: f64,
    pub(crate) compile_ms: f64,
    pub(crate) compile_peak_mib: f64,
    pub(crate) load_ms: f64,
    pub(crate) start: f64,
    pub(crate) join: f64,
    pub(crate) join_p99: f64,
    pub(crate) route_all: f64,
    pub(crate) route_one: f64,
    pub(crate) select: f64,
    pub(crate) memory_empty_mib: f64,
    pub(crate) memory_mib: f64,
}

/// Measures the component in that file.
pub(crate) fn measure(file: &Path) -> Measured {
    let bytes = fs::read(file).expect("a component");
    let state = tempfile::tempdir().expect("a temporary folder");
    let told = state.path().join("told");
    // Whoever is measured may be as slow as it is.
    let limits = Limits {
        deadline: Duration::from_secs(2),
        memory_bytes: 512 << 20,
        ..Limits::default()
    };
    let engine = Engine::new().expect("an engine");
    let child = ChildProcess::new(
        std::env::current_exe().expect("this program"),
        [COMPILE.as_ref(), told.as_os_str()],
        CompileLimits::default(),
    );
    let cache = CodeCache::open(&state.path().join("state"), &engine, child);
    let load = || PolicyComponent::load_with(&engine, &cache, &bytes, &limits).expect("acceptable");
    let component = load();
    let spent = fs::read_to_string(&told).expect("the child has told");
    let (compile_ms, peak) = spent.split_once(' ').expect("two numbers");
    let factory = WasmFactory::new(component, Settings::default(), limits);
    let create = || factory.create().expect("an instance");
    let mut policy = create();
    let memory_empty_mib = mib(&*policy);
    let joins = join_all(&mut *policy);
    let wants = policy.profile().wants;
    let own = own(ONE);
    let to_one = [own.as_str()];
    let to_all: Vec<EventView<'_>> = (1..=PAGE_EVENTS)
        .map(|offset| event(offset, &[ALL], wants))
        .collect();
    Measured {
        size_bytes: bytes.len() as f64,
        compile_ms: compile_ms.parse().expect("a number"),
        compile_peak_mib: peak.parse().expect("a number"),
        load_ms: median(STARTS, load) / 1e3,
        start: median(STARTS, create),
        join: quantile(&joins, 0.5),
        join_p99: quantile(&joins, 0.99),
        route_all: median(ROUNDS, || route(&mut *policy, &to_all[..1], SUBSCRIBERS)),
        route_one: median(ROUNDS, || {
            route(&mut *policy, &[event(1, &to_one, wants)], 1);
        }),
        select: median(ROUNDS, || {
            let selected = policy.select(&[Client(ONE)], &to_all).expect("no fault");
            assert_eq!(selected[0].len(), to_all.len());
        }),
        memory_empty_mib,
        memory_mib: mib(&*policy),
    }
}

/// CPU time so far, in milliseconds.
pub(crate) fn cpu_ms(of: ClockId) -> f64 {
    let time = Duration::try_from(clock_gettime(of)).expect("it only grows");
    time.as_secs_f64() * 1e3
}

/// Lets everybody join, one by one, as newcomers do; answers what each took, sorted.
fn join_all(policy: &mut dyn Dispatcher) -> Vec<f64> {
    let wants = policy.profile().wants;
    let joins = (0..SUBSCRIBERS).map(|client| {
        let selectors = selectors(client);
        let newcomer = [subscriber(client, &selectors, wants)];
        microseconds(|| {
            let admitted = policy.join(&newcomer).expect("no fault");
            assert!(admitted[0].is_ok(), "{admitted:?}");
        })
    });
    let mut joins: Vec<f64> = joins.collect();
    joins.sort_by(f64::total_cmp);
    joins
}

fn route(policy: &mut dyn Dispatcher, events: &[EventView<'_>], receivers: u32) {
    let audiences = policy.route(events).expect("no fault");
    assert_eq!(audiences[0].len(), receivers as usize, "another audience");
}

fn mib(policy: &dyn Dispatcher) -> f64 {
    policy.memory_bytes() as f64 / f64::from(1 << 20)
}

fn median<T>(rounds: usize, mut call: impl FnMut() -> T) -> f64 {
    let mut times: Vec<f64> = (0..rounds).map(|_| microseconds(&mut call)).collect();
    times.sort_by(f64::total_cmp);
    quantile(&times, 0.5)
}

/// Of sorted numbers.
#[expect(clippy::cast_possible_truncation, reason = "a place in a list")]
fn quantile(sorted: &[f64], q: f64) -> f64 {
    sorted[((sorted.len() - 1) as f64 * q) as usize]
}

/// CPU time of this thread in `call`.
fn microseconds<T>(call: impl FnOnce() -> T) -> f64 {
    let before = cpu_ms(ClockId::ThreadCPUTime);
    let made = call();
    let after = cpu_ms(ClockId::ThreadCPUTime);
    drop(made);
    (after - before) * 1e3
}
