//! What reaches a filter, and what comes back.

use umbel_engine::{FilterComponent, Limits, WasmFilterFactory};
use umbel_routing::{Client, Decision, Export, FaultClass, Filter, FilterFactory, FilterParts};
use umbel_routing::{Replacement, Settings, VIEWS_MAX, View};

use crate::hostile;
use crate::support::{ENGINE, call_filter, event, fault_of_filter, publication, start_filter};
use crate::support::{start_filter_with, subscriber};

/// The numbers that a guest wrote into a payload.
fn numbers(data: &[u8]) -> Vec<u32> {
    data.chunks_exact(4)
        .map(|n| u32::from_le_bytes(n.try_into().unwrap()))
        .collect()
}

#[test]
fn a_polite_filter_passes_everything_to_everybody() {
    let bytes = hostile::guest("filters/polite");
    let component = FilterComponent::load(&ENGINE, &bytes, &Limits::default()).unwrap();
    assert_eq!(component.digest().len(), 64);
    let factory = WasmFilterFactory::new(component, Settings::default(), Limits::default());
    let both = FilterParts {
        admission: true,
        views: true,
    };
    assert_eq!(factory.parts(), both);
    let mut filter = factory.create().unwrap();
    assert_eq!(filter.parts(), both);
    assert_eq!(
        filter.admit(&[publication(), publication()]).unwrap(),
        [Decision::Pass, Decision::Pass]
    );
    let some: Vec<_> = (0..3_000).map(subscriber).collect();
    for slice in some.chunks(500) {
        filter.join(slice).unwrap();
    }
    let audiences = [vec![Client(3), Client(1)], vec![]];
    let seen = filter.tailor(&[event(), event()], &audiences).unwrap();
    let whole = |clients: &[Client]| View {
        clients: clients.to_vec(),
        data: None,
    };
    assert_eq!(
        seen,
        [vec![whole(&[Client(3), Client(1)])], vec![whole(&[])]]
    );
    filter.leave(&[Client(0)]).unwrap();
    assert!(filter.memory_bytes() >= 64 << 10);
}

#[test]
fn a_filter_of_one_interface_is_not_asked_through_the_other() {
    for (name, admission, answers, does_not) in [
        ("admission_only", true, Export::Admit, Export::Tailor),
        ("views_only", false, Export::Tailor, Export::Admit),
    ] {
        let mut filter = start_filter(name);
        let parts = FilterParts {
            admission,
            views: !admission,
        };
        assert_eq!(filter.parts(), parts, "{name}");
        assert_eq!(filter.admission_profile().is_some(), admission);
        assert_eq!(filter.views_profile().is_some(), !admission);
        assert!(filter.profile().is_some());
        // The caller's mistake, which costs nobody an instance.
        let fault = call_filter(&mut filter, does_not).unwrap_err();
        assert_eq!(fault.class, FaultClass::Host, "{fault}");
        call_filter(&mut filter, answers).unwrap();
    }
}

#[test]
fn both_interfaces_are_one_instance_and_each_gets_what_it_wants_itself() {
    let settings = Settings {
        seed: 0x1_0000_002a,
        ..Settings::default()
    };
    let mut filter =
        start_filter_with("tells_what_it_sees", &settings, &Limits::default()).unwrap();
    let Decision::Replace(told) = filter.admit(&[publication()]).unwrap().remove(0) else {
        panic!("not replaced")
    };
    // Both were configured; no id, the payload of 5 bytes, no attributes, the claims of 2 bytes.
    assert_eq!(numbers(&told.data), [2, 42, 0, 1, 5, 0, 2]);
    filter.join(&[subscriber(4), subscriber(6)]).unwrap();
    filter.leave(&[Client(4)]).unwrap();
    let views = filter
        .tailor(&[event()], &[vec![Client(6), Client(9)]])
        .unwrap();
    let told = views[0][0].data.as_deref().unwrap();
    // Two joined, whose claims are not for views, and one left; the id of 4 bytes, no payload, one attribute.
    assert_eq!(numbers(told), [2, 2, 0, 1, 4, 0, 1, 2, 9]);
}

#[test]
fn what_either_interface_says_of_itself_can_be_read() {
    let filter = start_filter("tells_what_it_sees");
    let of = |profile: Option<&umbel_routing::Profile>| {
        let profile = profile.unwrap();
        (profile.name.clone(), profile.version.clone())
    };
    assert_eq!(
        of(filter.admission_profile()),
        ("admission".into(), "1".into())
    );
    assert_eq!(of(filter.views_profile()), ("views".into(), "2".into()));
    assert_eq!(of(filter.profile()), ("admission".into(), "1".into()));
}

#[test]
fn an_endless_call_to_a_filter_is_ended_whichever_it_is() {
    for (name, export) in [
        ("loop_in_admit", Export::Admit),
        ("loop_in_join", Export::Join),
        ("loop_in_leave", Export::Leave),
        ("loop_in_tailor", Export::Tailor),
    ] {
        let fault = fault_of_filter(name, export);
        assert_eq!(
            (fault.export, fault.class),
            (export, FaultClass::Deadline),
            "{fault}"
        );
    }
}

#[test]
fn an_endless_configure_of_either_interface_is_ended() {
    for name in ["loop_in_admission_configure", "loop_in_views_configure"] {
        let fault = start_filter_with(name, &Settings::default(), &Limits::default())
            .map(drop)
            .unwrap_err();
        assert_eq!(
            (fault.export, fault.class),
            (Export::Configure, FaultClass::Deadline),
            "{name}"
        );
    }
}

#[test]
fn settings_that_one_interface_refuses_are_refused() {
    let name = "refuses_settings_of_views";
    let fault = start_filter_with(name, &Settings::default(), &Limits::default())
        .map(drop)
        .unwrap_err();
    assert_eq!(
        (fault.class, fault.detail.as_str()),
        (FaultClass::Refused, "no")
    );
}

#[test]
fn after_a_fault_a_filter_is_gone_with_its_memory() {
    for (name, export, class) in [
        ("trap_in_admit", Export::Admit, FaultClass::Trap),
        ("trap_in_join", Export::Join, FaultClass::Trap),
        ("trap_in_leave", Export::Leave, FaultClass::Trap),
        ("trap_in_tailor", Export::Tailor, FaultClass::Trap),
        ("memory_bomb", Export::Admit, FaultClass::Limit),
        ("memory_bomb", Export::Tailor, FaultClass::Limit),
        ("too_few_answers", Export::Admit, FaultClass::Shape),
        ("too_few_answers", Export::Tailor, FaultClass::Shape),
        ("too_many_answers", Export::Admit, FaultClass::Shape),
        ("too_many_answers", Export::Tailor, FaultClass::Shape),
        ("too_many_views", Export::Tailor, FaultClass::Shape),
        ("bad_decision", Export::Admit, FaultClass::Abi),
        ("bad_view", Export::Tailor, FaultClass::Abi),
        ("view_outside_memory", Export::Tailor, FaultClass::Abi),
        (
            "replacement_that_is_no_text",
            Export::Admit,
            FaultClass::Abi,
        ),
        ("too_large_views", Export::Tailor, FaultClass::AnswerSize),
    ] {
        let mut filter = start_filter(name);
        let fault = call_filter(&mut filter, export).expect_err(name);
        assert_eq!((fault.export, fault.class), (export, class), "{fault}");
        assert_eq!(filter.memory_bytes(), 0, "{name}");
        for export in [Export::Admit, Export::Join, Export::Leave, Export::Tailor] {
            let fault = call_filter(&mut filter, export).unwrap_err();
            assert!(fault.detail.contains("gone"), "{name}: {fault}");
        }
    }
}

#[test]
fn an_event_may_have_as_many_views_as_the_contract_says() {
    let seen = start_filter("as_many_views_as_may_be")
        .tailor(&[event()], &[vec![Client(0)]])
        .unwrap();
    assert_eq!(seen[0].len(), VIEWS_MAX);
}

#[test]
fn clients_outside_the_audience_are_the_hubs_to_drop() {
    let seen = start_filter("foreign_clients")
        .tailor(&[event()], &[vec![Client(7)]])
        .unwrap();
    assert_eq!(seen[0][0].clients, [Client(u32::MAX), Client(7), Client(7)]);
}

#[test]
fn payloads_and_replacements_are_the_hubs_to_validate() {
    let seen = start_filter("view_that_is_no_text")
        .tailor(&[event()], &[vec![Client(7)]])
        .unwrap();
    assert_eq!(seen[0][0].data.as_deref(), Some(&b"\xff\xfe\xfd"[..]));
    let decided = start_filter("replacement_without_topics")
        .admit(&[publication()])
        .unwrap();
    let nothing = Replacement {
        topics: vec![],
        kind: None,
        data: vec![],
    };
    assert_eq!(decided, [Decision::Replace(nothing)]);
}

#[test]
fn why_a_publication_is_refused_is_cut_and_kept_on_one_line() {
    let decided = start_filter("long_refusal")
        .admit(&[publication(), publication()])
        .unwrap();
    let expected = [Decision::Refuse(" ".repeat(256)), Decision::Pass];
    assert_eq!(decided, expected);
}

#[test]
fn what_a_filter_may_answer_grows_with_the_clients() {
    let limits = Limits {
        answer_bytes: 4 << 10,
        answer_bytes_per_client: 200 << 10,
        ..Limits::default()
    };
    let name = "too_large_views";
    let mut filter = start_filter_with(name, &Settings::default(), &limits).unwrap();
    for from in (0..1_000).step_by(50) {
        let some: Vec<_> = (from..from + 50).map(subscriber).collect();
        filter.join(&some).unwrap();
    }
    let seen = filter.tailor(&[event()], &[vec![]]).unwrap();
    assert_eq!(seen[0].len(), 64);
    let all: Vec<_> = (0..900).map(Client).collect();
    filter.leave(&all).unwrap();
    let fault = filter.tailor(&[event()], &[vec![]]).unwrap_err();
    assert_eq!(fault.class, FaultClass::AnswerSize);
}
