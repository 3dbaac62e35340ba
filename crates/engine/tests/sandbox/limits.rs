//! Time, memory, stack and size of one instance.

use std::time::Duration;

use umbel_engine::{Engine, Limits, PolicyComponent, WasmDispatcher};
use umbel_routing::{Client, Dispatcher, Export, FaultClass, Settings};

use crate::hostile;
use crate::support::{call, event, fault_of, start, start_with, subscriber};

#[test]
fn an_endless_call_is_ended_whichever_it_is() {
    for (name, export) in [
        ("loop_in_join", Export::Join),
        ("loop_in_leave", Export::Leave),
        ("loop_in_route", Export::Route),
        ("loop_in_select", Export::Select),
        ("loop_in_overflow", Export::Overflow),
        ("loop_in_post_return", Export::Route),
        ("long_fill", Export::Route),
    ] {
        let fault = fault_of(name, export);
        assert_eq!(
            (fault.export, fault.class),
            (export, FaultClass::Deadline),
            "{fault}"
        );
        assert!(fault.detail.contains("the deadline is"), "{fault}");
    }
}

#[test]
fn an_endless_configure_is_ended() {
    for name in ["loop_in_configure", "loop_in_realloc"] {
        let fault = start_with(name, &Settings::default(), &Limits::default())
            .map(drop)
            .unwrap_err();
        assert_eq!(
            (fault.export, fault.class),
            (Export::Configure, FaultClass::Deadline)
        );
    }
}

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
fn a_component_cannot_have_more_table_than_its_limit() {
    let fault = fault_of("table_bomb", Export::Route);
    assert_eq!(fault.class, FaultClass::Limit, "{fault}");
}

#[test]
fn a_component_cannot_recurse_into_the_hosts_stack() {
    assert_eq!(
        fault_of("deep_recursion", Export::Route).class,
        FaultClass::Stack
    );
}

#[test]
fn an_answer_larger_than_its_limit_is_not_copied() {
    assert_eq!(
        fault_of("too_large_list", Export::Route).class,
        FaultClass::AnswerSize
    );
    assert_eq!(
        fault_of("lying_list", Export::Route).class,
        FaultClass::AnswerSize
    );
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
