//! The engine with and without its pool, and what it refuses to load.

use umbel_routing::{Dispatcher, FaultClass, Settings};

use super::{Allocation, Engine};
use crate::{Compiler, InProcess, Limits, LoadError, PolicyComponent, Resource, WasmDispatcher};

#[path = "../../../../tests/guests/hostile.rs"]
mod hostile;

/// An engine on a machine that has no room for the pool.
fn without_pool() -> Engine {
    Engine::with_pools(|_, _| Err(wasmtime::format_err!("mmap: no room"))).unwrap()
}

/// An engine on a machine that has room for a pool of `most` instances.
fn with_room_for(most: u32) -> Engine {
    let attempt = |config: &wasmtime::Config, instances| {
        if instances > most {
            wasmtime::bail!("mmap: no room")
        }
        wasmtime::Engine::new(config)
    };
    Engine::with_pools(attempt).unwrap()
}

#[test]
fn a_machine_with_little_room_gets_a_smaller_pool() {
    for (most, instances_max) in [(5_000, 4_096), (4_096, 4_096), (4_095, 1_024)] {
        let engine = with_room_for(most);
        assert_eq!(*engine.allocation(), Allocation::Pooled);
        assert_eq!(engine.pool_usage().instances_max, instances_max);
    }
}

#[test]
fn the_engine_tells_how_many_instances_live() {
    let limits = Limits::default();
    for engine in [with_room_for(1_024), without_pool()] {
        let policy = PolicyComponent::load(&engine, &hostile::guest("polite"), &limits).unwrap();
        let live = || engine.pool_usage().instances;
        let create = || WasmDispatcher::new(&policy, &Settings::default(), &limits).unwrap();
        assert_eq!(live(), 0);
        let instances = [create(), create()];
        assert_eq!(live(), 2);
        drop(instances);
        assert_eq!(live(), 0);
    }
}

#[test]
fn an_instance_that_has_failed_makes_room_for_another() {
    let (engine, limits) = (without_pool(), Limits::default());
    let bytes = hostile::guest("trap_in_route");
    let policy = PolicyComponent::load(&engine, &bytes, &limits).unwrap();
    let mut policy = WasmDispatcher::new(&policy, &Settings::default(), &limits).unwrap();
    policy.route(&[]).unwrap_err();
    assert_eq!(engine.pool_usage().instances, 0);
}

#[test]
fn there_is_no_unbounded_number_of_instances_without_a_pool() {
    let (engine, limits) = (without_pool(), Limits::default());
    let policy = PolicyComponent::load(&engine, &hostile::guest("polite"), &limits).unwrap();
    let create = || WasmDispatcher::new(&policy, &Settings::default(), &limits);
    let all: Vec<_> = (0..engine.pool_usage().instances_max)
        .map(|_| create().unwrap())
        .collect();
    let fault = create().map(drop).unwrap_err();
    assert_eq!(fault.class, FaultClass::PoolFull, "{fault}");
    drop(all);
    create().unwrap();
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
fn code_is_never_taken_for_a_component_whoever_has_compiled_it() {
    let (engine, limits) = (without_pool(), Limits::default());
    let code = InProcess::new(&engine).compile(&hostile::guest("polite"));
    let error = PolicyComponent::load(&engine, code.unwrap().bytes(), &limits).map(drop);
    assert_eq!(error, Err(LoadError::Precompiled));
}

#[test]
fn a_memory_more_than_the_pool_has_is_the_hosts_fault() {
    let engine = Engine::with_pools(|config, _| {
        let mut small = config.clone();
        small.allocation_strategy(crate::pool::pool(2));
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
