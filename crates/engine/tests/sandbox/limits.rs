//! Time, memory, stack and size of one instance.

use std::time::Duration;

use umbel_engine::{Engine, Limits, PolicyComponent, WasmDispatcher};
use umbel_routing::{Client, Dispatcher, Export, FaultClass, Settings};

use crate::hostile;
use crate::support::{call, event, fault_of, start, start_with, subscriber};

#[test]
fn deadlines_hold_again_after_the_clock_has_parked() {
    let mut polite = start("too_many_answers");
    polite.join(&[subscriber(0)]).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(
        fault_of("loop_in_route", Export::Route).class,
        FaultClass::Deadline
    );
}

#[test]
fn deadlines_hold_for_an_instance_that_outlives_whoever_made_it() {
    let engine = Engine::new().unwrap();
    let limits = Limits::default();
    let bytes = hostile::guest("loop_in_route");
    let component = PolicyComponent::load(&engine, &bytes, &limits).unwrap();
    let mut policy = WasmDispatcher::new(&component, &Settings::default(), &limits).unwrap();
    drop((engine, component));
    assert_eq!(
        call(&mut policy, Export::Route).unwrap_err().class,
        FaultClass::Deadline
    );
}

#[test]
fn a_component_cannot_have_more_memory_than_its_limit() {
    let fault = fault_of("memory_bomb", Export::Route);
    assert_eq!(fault.class, FaultClass::Limit, "{fault}");
    assert!(fault.detail.contains("67108864"), "{fault}");
}

#[test]
fn memory_that_an_instance_holds_is_told_and_given_back_after_a_fault() {
    let mut policy = start("writes_canary");
    assert_eq!(policy.memory_bytes(), 64 << 10);
    policy.route(&[event()]).unwrap();
    assert_eq!(policy.memory_bytes(), 9 * (64 << 10));
    let mut policy = start("trap_in_route");
    call(&mut policy, Export::Route).unwrap_err();
    assert_eq!(policy.memory_bytes(), 0);
}

#[test]
fn the_limit_of_an_answer_grows_with_the_clients() {
    let limits = Limits {
        answer_bytes: 4 << 10,
        answer_bytes_per_client: 12 << 10,
        ..Limits::default()
    };
    let mut policy = start_with("too_large_list", &Settings::default(), &limits).unwrap();
    for from in (0..1_100).step_by(50) {
        let some: Vec<_> = (from..from + 50).map(subscriber).collect();
        policy.join(&some).unwrap();
    }
    assert_eq!(policy.route(&[event()]).unwrap()[0].len(), 3_000_000);
    let all: Vec<_> = (0..1_000).map(Client).collect();
    policy.leave(&all).unwrap();
    let fault = policy.route(&[event()]).unwrap_err();
    assert_eq!(fault.class, FaultClass::AnswerSize);
}
