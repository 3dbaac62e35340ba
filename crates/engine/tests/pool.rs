//! The pool of a whole hub. A process has room for one or two, so these have a process to themselves.

use std::sync::{Mutex, PoisonError};

use umbel_engine::{Allocation, Engine, Limits, PolicyComponent, WasmFactory};
use umbel_event::Offset;
use umbel_routing::{DispatcherFactory, EventView, Settings};

#[path = "../../../tests/guests/hostile.rs"]
mod hostile;

const COMPONENT: &[u8] = include_bytes!("../../../guest/dist/dispatcher.wasm");

/// What is counted is the process's.
static ALONE: Mutex<()> = Mutex::new(());

const EVENT: EventView<'static> = EventView {
    offset: Offset(1),
    id: "",
    topics: &["a"],
    kind: None,
    private: false,
    accepted_ms: 0,
    size: 0,
    data: None,
    attributes: &[],
};

#[test]
fn a_usual_machine_has_room_for_ten_thousand_tenants() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let engine = Engine::new().unwrap();
    assert_eq!(*engine.allocation(), Allocation::Pooled);
    assert!(engine.pool_usage().instances_max >= 12_000);
    let limits = Limits::default();
    let component = PolicyComponent::load(&engine, COMPONENT, &limits).unwrap();
    let factory = WasmFactory::new(component, Settings::default(), limits);
    let mut tenants: Vec<_> = (0..10_000).map(|_| factory.create().unwrap()).collect();
    assert_eq!(engine.pool_usage().instances, 10_000);
    for tenant in &mut tenants {
        tenant.route(&[]).unwrap();
    }
    drop(tenants);
    assert_eq!(engine.pool_usage().instances, 0);
}

/// Mappings of this process.
fn mappings() -> usize {
    std::fs::read_to_string("/proc/self/maps")
        .unwrap()
        .lines()
        .count()
}

#[test]
fn a_memory_takes_no_more_mappings_than_the_pool_counts_with() {
    const INSTANCES: usize = 200;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let (engine, limits) = (Engine::new().unwrap(), Limits::default());
    let load = |bytes: &[u8]| PolicyComponent::load(&engine, bytes, &limits).unwrap();
    let components = [
        load(COMPONENT),
        // Its memory grows and is written, in turns.
        load(&hostile::guest("grows_in_steps")),
        load(&hostile::guest("reads_canary")),
        load(&hostile::guest("unknown_handles")),
    ];
    let before = mappings();
    // Slots go from one component to another, so that images are exchanged.
    for round in 0..6 {
        let mut policies: Vec<_> = (0..INSTANCES)
            .map(|n| {
                let component = components[(n + round) % components.len()].clone();
                WasmFactory::new(component, Settings::default(), limits)
                    .create()
                    .unwrap()
            })
            .collect();
        for policy in &mut policies {
            policy.route(&[EVENT]).unwrap();
        }
        let taken = mappings().saturating_sub(before);
        // Some are the allocator's.
        assert!(taken <= INSTANCES * 4 + 40, "{taken} in round {round}");
    }
}
