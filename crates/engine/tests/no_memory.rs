//! A machine without memory: whose fault it is then. This spoils its process, so it has one to itself.

use std::fs;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use umbel_engine::{Engine, Limits, LoadError, PolicyComponent, WasmDispatcher};
use umbel_routing::{Blame, Dispatcher, Export, FaultClass, Settings};

#[path = "../../../tests/guests/hostile.rs"]
mod hostile;

/// What is left to this process: enough for what the host needs itself.
const LEFT_BYTES: u64 = 8 << 20;

/// What `action` answers where this process may have little more memory than it has. Nothing may fail in
/// there but what is tested: there is no memory for a panic either.
fn without_memory<A>(action: impl FnOnce() -> A) -> A {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let data = status.lines().find_map(|l| l.strip_prefix("VmData:"));
    let data = data.unwrap().split_whitespace().next().unwrap();
    let little = data.parse::<u64>().unwrap() * 1024 + LEFT_BYTES;
    let before = getrlimit(Resource::Data);
    let current = Some(little);
    setrlimit(Resource::Data, Rlimit { current, ..before }).unwrap();
    let answer = action();
    setrlimit(Resource::Data, before).unwrap();
    answer
}

#[test]
fn a_machine_without_memory_is_not_a_components_fault() {
    let (engine, limits) = (Engine::new().unwrap(), Limits::default());
    let settings = Settings::default();
    let load = |bytes: &[u8]| PolicyComponent::load(&engine, bytes, &limits);
    let (greedy, large) = (
        hostile::guest("memory_bomb"),
        hostile::guest("large_at_start"),
    );
    let (greedy, large_policy) = (load(&greedy).unwrap(), load(&large).unwrap());
    let mut policy = WasmDispatcher::new(&greedy, &settings, &limits).unwrap();

    let fault = without_memory(|| policy.route(&[])).unwrap_err();
    assert_eq!(
        (fault.export, fault.class),
        (Export::Route, FaultClass::Host),
        "{fault}"
    );
    let create = || WasmDispatcher::new(&large_policy, &settings, &limits);
    // The memory of whoever was here before can be used again, so it is taken.
    let first = create().unwrap();
    let fault = without_memory(|| create().map(drop)).unwrap_err();
    assert_eq!(
        (fault.export, fault.class),
        (Export::Instantiate, FaultClass::PoolFull),
        "{fault}"
    );
    let error = without_memory(|| load(&large).map(drop)).unwrap_err();
    assert!(matches!(error, LoadError::Start(_)), "{error}");
    assert_eq!(error.blame(), Blame::Host);
    // And then it goes on.
    drop((create().unwrap(), first));
}
