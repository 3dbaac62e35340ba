//! Answers that do not fit the question.

use umbel_engine::Limits;
use umbel_routing::{Client, Dispatcher, Export, FaultClass, Refusal, Settings};

use crate::support::{call, event, fault_of, resident_bytes, start, start_with, subscriber};

#[test]
fn too_few_and_too_many_answers_are_faults_of_shape() {
    for export in [
        Export::Join,
        Export::Route,
        Export::Select,
        Export::Overflow,
    ] {
        let fault = fault_of("too_few_answers", export);
        assert_eq!((fault.export, fault.class), (export, FaultClass::Shape));
    }
    assert_eq!(
        fault_of("too_many_answers", Export::Route).class,
        FaultClass::Shape
    );
}

#[test]
fn nothing_asked_needs_no_answer() {
    let mut policy = start("too_few_answers");
    assert_eq!(policy.route(&[]).unwrap().len(), 0);
}

#[test]
fn selections_outside_the_page_are_faults_of_shape() {
    assert_eq!(
        fault_of("select_out_of_page", Export::Select).class,
        FaultClass::Shape
    );
    let two = [event(), event()];
    let fault = start("select_descending")
        .select(&[Client(0)], &two)
        .unwrap_err();
    assert_eq!(fault.class, FaultClass::Shape);
}

#[test]
fn an_answer_that_cannot_be_read_is_a_fault_of_the_interface() {
    for (name, export) in [
        ("list_outside_memory", Export::Route),
        ("misaligned_list", Export::Route),
        ("bad_verdict", Export::Overflow),
        ("bad_admission", Export::Join),
    ] {
        let fault = fault_of(name, export);
        assert_eq!(fault.class, FaultClass::Abi, "{name}: {fault}");
    }
}

#[test]
fn settings_that_cannot_be_passed_and_a_profile_that_is_no_text_are_faults_of_the_interface() {
    for name in ["realloc_outside_memory", "bad_text"] {
        let fault = start_with(name, &Settings::default(), &Limits::default())
            .map(drop)
            .unwrap_err();
        assert_eq!(
            (fault.export, fault.class),
            (Export::Configure, FaultClass::Abi),
            "{name}"
        );
    }
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
