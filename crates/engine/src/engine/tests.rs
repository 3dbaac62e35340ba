//! The engine with and without its pool, and what it refuses to load.

use umbel_routing::{Dispatcher, FaultClass, Settings};

use super::{Allocation, Engine};
use crate::{Limits, LoadError, PolicyComponent, Resource, WasmDispatcher};

#[path = "../../../../tests/guests/hostile.rs"]
mod hostile;

/// An engine on a machine that has no room for the pool.
fn without_pool() -> Engine {
    Engine::with_pool(|_| Err(wasmtime::format_err!("mmap: no room"))).unwrap()
}

#[test]
fn a_usual_machine_gets_the_pool() {
    assert_eq!(*Engine::new().unwrap().allocation(), Allocation::Pooled);
}

#[test]
fn a_machine_without_room_for_the_pool_gets_an_engine_that_works_all_the_same() {
    let (engine, limits) = (without_pool(), Limits::default());
    let Allocation::OnDemand { reason } = engine.allocation() else {
        panic!("pooled")
    };
    assert!(reason.contains("no room"));
    let policy = PolicyComponent::load(&engine, &hostile::guest("polite"), &limits).unwrap();
    let mut policy = WasmDispatcher::new(&policy, &Settings::default(), &limits).unwrap();
    assert_eq!(policy.route(&[]).unwrap().len(), 0);
}

#[test]
fn limits_hold_without_the_pool() {
    let (engine, limits) = (without_pool(), Limits::default());
    let bomb = hostile::guest("memory_bomb");
    let bomb = PolicyComponent::load(&engine, &bomb, &limits).unwrap();
    let mut bomb = WasmDispatcher::new(&bomb, &Settings::default(), &limits).unwrap();
    assert_eq!(bomb.route(&[]).unwrap_err().class, FaultClass::Limit);

    let tables = hostile::guest("table_at_start");
    let error = PolicyComponent::load(&engine, &tables, &limits)
        .map(drop)
        .unwrap_err();
    let LoadError::TooMuch { resource, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(resource, Resource::TableElements);

    let many = "(core instance (instantiate $m))".repeat(100);
    let many = wat::parse_str(format!("(component (core module $m) {many})")).unwrap();
    assert!(PolicyComponent::load(&engine, &many, &limits).is_err());
}

#[test]
fn an_instance_more_than_the_pool_has_is_the_hosts_fault() {
    let engine = Engine::with_pool(|config| {
        let mut small = config.clone();
        let mut pool = crate::config::pool();
        pool.total_component_instances(2)
            .total_core_instances(6)
            .total_memories(2)
            .total_tables(2);
        small.allocation_strategy(pool);
        wasmtime::Engine::new(&small)
    })
    .unwrap();
    let limits = Limits::default();
    let policy = PolicyComponent::load(&engine, &hostile::guest("polite"), &limits).unwrap();
    let create = || WasmDispatcher::new(&policy, &Settings::default(), &limits);
    let (first, second) = (create().unwrap(), create().unwrap());
    let fault = create().map(drop).unwrap_err();
    assert_eq!(fault.class, FaultClass::PoolFull, "{fault}");
    drop((first, second));
    create().unwrap();
}
