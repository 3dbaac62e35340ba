//! Every way to fail: what it is called, and what is left of the instance.

use umbel_engine::{Engine, Limits, LoadError, PolicyComponent, WasmDispatcher};
use umbel_routing::{Blame, Dispatcher, Export, FaultClass, Settings, SubscriberView};

use crate::hostile;
use crate::support::{call, load, resident_bytes, start, start_with, subscriber};

/// Calls that fail, and how.
const FAULTS: &[(&str, Export, FaultClass)] = &[
    ("loop_in_join", Export::Join, FaultClass::Deadline),
    ("loop_in_leave", Export::Leave, FaultClass::Deadline),
    ("loop_in_route", Export::Route, FaultClass::Deadline),
    ("loop_in_select", Export::Select, FaultClass::Deadline),
    ("loop_in_overflow", Export::Overflow, FaultClass::Deadline),
    ("loop_in_post_return", Export::Route, FaultClass::Deadline),
    ("long_fill", Export::Route, FaultClass::Deadline),
    ("trap_in_join", Export::Join, FaultClass::Trap),
    ("trap_in_leave", Export::Leave, FaultClass::Trap),
    ("trap_in_route", Export::Route, FaultClass::Trap),
    ("trap_in_select", Export::Select, FaultClass::Trap),
    ("trap_in_overflow", Export::Overflow, FaultClass::Trap),
    ("trap_in_post_return", Export::Route, FaultClass::Trap),
    ("deep_recursion", Export::Route, FaultClass::Stack),
    ("memory_bomb", Export::Route, FaultClass::Limit),
    ("table_bomb", Export::Route, FaultClass::Limit),
    ("lying_list", Export::Route, FaultClass::AnswerSize),
    ("too_large_list", Export::Route, FaultClass::AnswerSize),
    (
        "hundred_megabyte_answer",
        Export::Route,
        FaultClass::AnswerSize,
    ),
    ("large_refusal", Export::Join, FaultClass::AnswerSize),
    ("list_outside_memory", Export::Route, FaultClass::Abi),
    ("misaligned_list", Export::Route, FaultClass::Abi),
    ("bad_verdict", Export::Overflow, FaultClass::Abi),
    ("bad_admission", Export::Join, FaultClass::Abi),
    ("bad_when_full", Export::Join, FaultClass::Abi),
    ("too_few_answers", Export::Join, FaultClass::Shape),
    ("too_few_answers", Export::Route, FaultClass::Shape),
    ("too_few_answers", Export::Select, FaultClass::Shape),
    ("too_few_answers", Export::Overflow, FaultClass::Shape),
    ("too_many_answers", Export::Route, FaultClass::Shape),
    ("select_out_of_page", Export::Select, FaultClass::Shape),
];

/// Policies that cannot be configured, and why.
const NOT_CONFIGURED: &[(&str, FaultClass)] = &[
    ("loop_in_configure", FaultClass::Deadline),
    ("loop_in_realloc", FaultClass::Deadline),
    ("trap_in_configure", FaultClass::Trap),
    ("trap_in_realloc", FaultClass::Trap),
    ("realloc_outside_memory", FaultClass::Abi),
    ("bad_text", FaultClass::Abi),
    ("large_profile", FaultClass::AnswerSize),
    ("refuses_settings", FaultClass::Refused),
];

/// Policies that cannot even start, and why.
const NOT_STARTED: &[(&str, FaultClass)] = &[
    ("loop_in_start", FaultClass::Deadline),
    ("trap_in_start", FaultClass::Trap),
];

#[test]
fn every_failing_call_has_its_class_and_ends_its_instance_alone() {
    let (engine, limits) = (Engine::new().unwrap(), Limits::default());
    let start = |name: &str| {
        let component = PolicyComponent::load(&engine, &hostile::guest(name), &limits).unwrap();
        WasmDispatcher::new(&component, &Settings::default(), &limits).unwrap()
    };
    let mut neighbour = start("polite");
    for &(name, export, class) in FAULTS {
        let mut policy = start(name);
        let fault = call(&mut policy, export).expect_err(name);
        let found = (fault.export, fault.class, fault.class.blame());
        assert_eq!(found, (export, class, Blame::Component), "{name}: {fault}");
        if class == FaultClass::Deadline {
            assert!(fault.detail.contains("the deadline is"), "{name}: {fault}");
        }
        // Whoever holds it holds nothing.
        assert_eq!(policy.memory_bytes(), 0, "{name}");
        assert_eq!(engine.pool_usage().instances, 1, "{name}");
        for export in [
            Export::Join,
            Export::Leave,
            Export::Route,
            Export::Select,
            Export::Overflow,
        ] {
            let fault = call(&mut policy, export).unwrap_err();
            assert!(fault.detail.contains("gone"), "{name}: {fault}");
            call(&mut neighbour, export).unwrap();
        }
    }
}

#[test]
fn what_fails_while_it_is_configured_is_never_an_instance() {
    let (engine, limits) = (Engine::new().unwrap(), Limits::default());
    for &(name, class) in NOT_CONFIGURED {
        let component = PolicyComponent::load(&engine, &hostile::guest(name), &limits).unwrap();
        let fault = WasmDispatcher::new(&component, &Settings::default(), &limits)
            .map(drop)
            .expect_err(name);
        let found = (fault.export, fault.class);
        assert_eq!(found, (Export::Configure, class), "{name}: {fault}");
        assert_eq!(engine.pool_usage().instances, 0, "{name}");
    }
}

#[test]
fn what_fails_while_it_starts_is_not_loaded() {
    for &(name, class) in NOT_STARTED {
        let error = load(&hostile::guest(name)).map(drop).expect_err(name);
        let LoadError::Start(fault) = &error else {
            panic!("{name}: {error}")
        };
        let found = (fault.export, fault.class);
        assert_eq!(found, (Export::Instantiate, class), "{name}: {fault}");
        assert_eq!(error.blame(), Blame::Component);
    }
}

#[test]
fn memory_of_failed_instances_comes_back() {
    let bomb = || start("memory_bomb").route(&[]).unwrap_err();
    bomb();
    let before = resident_bytes();
    for _ in 0..30 {
        assert_eq!(bomb().class, FaultClass::Limit);
    }
    let grown = resident_bytes().saturating_sub(before);
    // All of it would be 1.9 GB. Other tests run beside this one.
    assert!(grown < 600 << 20, "{grown} bytes more after 30 bombs");
}

#[test]
fn a_claim_that_makes_join_trap_costs_the_slice_that_it_came_in() {
    let poisoned = SubscriberView {
        claims: r#"{"poison": true}"#,
        ..subscriber(1)
    };
    let mut policy = start("poisoned_claims");
    policy.join(&[subscriber(0)]).unwrap();
    let fault = policy.join(&[subscriber(2), poisoned]).unwrap_err();
    assert_eq!(
        (fault.export, fault.class),
        (Export::Join, FaultClass::Trap)
    );
    // Found alone, in a new instance.
    assert!(start("poisoned_claims").join(&[poisoned]).is_err());
    let others = [subscriber(0), subscriber(2)];
    assert!(start("poisoned_claims").join(&others).is_ok());
}

#[test]
fn a_slow_policy_within_its_deadline_is_never_stopped() {
    // A machine may be as slow as it is.
    let limits = Limits {
        deadline: std::time::Duration::from_secs(1),
        ..Limits::default()
    };
    let mut policy = start_with("slow_but_legal", &Settings::default(), &limits).unwrap();
    for _ in 0..100 {
        call(&mut policy, Export::Route).unwrap();
    }
}

#[test]
fn a_policy_whose_state_grows_is_told_by_its_memory_until_it_meets_its_limit() {
    let mut policy = start("state_that_grows_slowly");
    let mut before = policy.memory_bytes();
    let fault = loop {
        match call(&mut policy, Export::Route) {
            Ok(()) => {
                assert_eq!(policy.memory_bytes(), before + (1 << 20));
                before = policy.memory_bytes();
            }
            Err(fault) => break fault,
        }
    };
    assert_eq!(fault.class, FaultClass::Limit, "{fault}");
    assert_eq!(before, (63 << 20) + (64 << 10));
}
