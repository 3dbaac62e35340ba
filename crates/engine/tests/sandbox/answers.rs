//! Answers that do not fit the question.

use umbel_engine::Limits;
use umbel_routing::{Client, Dispatcher, Export, FaultClass, Refusal, Settings};

use crate::support::{call, event, resident_bytes, start, start_with, subscriber};

#[test]
fn nothing_asked_needs_no_answer() {
    let mut policy = start("too_few_answers");
    assert_eq!(policy.route(&[]).unwrap().len(), 0);
}

#[test]
fn a_selection_that_does_not_ascend_is_a_fault_of_shape() {
    let two = [event(), event()];
    let fault = start("select_descending")
        .select(&[Client(0)], &two)
        .unwrap_err();
    assert_eq!(fault.class, FaultClass::Shape);
}

#[test]
fn ten_thousand_bad_answers_leave_no_memory_behind() {
    let bad = |times: usize| {
        let component = crate::support::load(&crate::hostile::guest("bad_verdict")).unwrap();
        for _ in 0..times {
            let mut policy = umbel_engine::WasmDispatcher::new(
                &component,
                &Settings::default(),
                &Limits::default(),
            )
            .unwrap();
            let fault = call(&mut policy, Export::Overflow).unwrap_err();
            assert_eq!(fault.class, FaultClass::Abi);
        }
    };
    bad(1_000);
    let before = resident_bytes();
    bad(10_000);
    let grown = resident_bytes().saturating_sub(before);
    // Other tests run beside this one; a leak of one store for each round would be hundreds of
    // megabytes.
    assert!(grown < 64 << 20, "{grown} bytes more after 10,000 faults");
}

#[test]
fn unknown_handles_are_the_hubs_to_drop() {
    let audiences = start("unknown_handles").route(&[event()]).unwrap();
    assert_eq!(audiences, [vec![Client(u32::MAX)]]);
}

#[test]
fn handles_of_those_who_have_left_are_the_hubs_to_drop() {
    let mut policy = start("stale_handles");
    policy.join(&[subscriber(5), subscriber(6)]).unwrap();
    policy.leave(&[Client(5)]).unwrap();
    let audiences = policy.route(&[event()]).unwrap();
    assert_eq!(audiences, [vec![Client(5), Client(5)]]);
}

#[test]
fn a_flood_of_handles_is_the_hubs_to_drop_as_long_as_it_fits_into_an_answer() {
    let limits = Limits {
        deadline: std::time::Duration::from_secs(1),
        ..Limits::default()
    };
    let mut policy = start_with("million_handles", &Settings::default(), &limits).unwrap();
    let audiences = policy.route(&[event()]).unwrap();
    assert_eq!(audiences[0].len(), 1_000_000);
    let small = Limits {
        answer_bytes: 1 << 20,
        ..limits
    };
    let mut policy = start_with("million_handles", &Settings::default(), &small).unwrap();
    let fault = policy.route(&[event()]).unwrap_err();
    assert_eq!(fault.class, FaultClass::AnswerSize);
}

#[test]
fn a_refusal_of_the_settings_is_told_on_one_line() {
    let fault = start_with("refuses_settings", &Settings::default(), &Limits::default())
        .map(drop)
        .unwrap_err();
    assert_eq!(
        (fault.export, fault.class),
        (Export::Configure, FaultClass::Refused)
    );
    assert_eq!(fault.detail, "no\\nlevel=error");
}

#[test]
fn refused_subscribers_are_told_why_and_when() {
    let admissions = start("refuses_everybody")
        .join(&[subscriber(0), subscriber(1)])
        .unwrap();
    let refusal = Refusal {
        reason: "closed".into(),
        retry_ms: Some(5_000),
    };
    assert_eq!(admissions, [Err(refusal.clone()), Err(refusal)]);
}
