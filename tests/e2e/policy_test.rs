//! `umbel policy test`: a policy held to the contract, and to decisions that are known.

use std::fs;

use crate::hostile::guests::{guest, guest_over};
use crate::rig::{Workshop, committed, run};

const DISPATCHER: &str = "guest/dist/dispatcher.wasm";
const TRACE: &str = "tests/conformance/traces/default-200.umbel";
const VECTORS: &str = "tests/conformance/vectors";

#[test]
fn the_default_policy_keeps_the_contract_and_its_costs_are_told() {
    run(async {
        let shop = Workshop::new();
        let said = shop.policy(&["test", &committed(DISPATCHER), "--against", "native"]);
        let text = said.good();
        for words in [
            "good; 42 cases made up from seed 1",
            "0 of ",
            "differ from native",
            "event",
            "memory",
        ] {
            assert!(text.contains(words), "no {words:?} in {text}");
        }
        let again = shop
            .policy(&["test", &committed(DISPATCHER), "--json"])
            .json();
        let digest = again["digest"].as_str().expect("a digest");
        assert!(text.contains(digest), "no {digest} in {text}");
        assert_eq!(again["costs"][0]["of"], "event");
        assert!(
            again["memory-bytes"]
                .as_u64()
                .is_some_and(|bytes| bytes >= 64 << 10)
        );
        assert!(
            again["decisions"]
                .as_u64()
                .is_some_and(|count| count > 1000)
        );
        let native = shop.policy(&["test", "native", "--json"]).json();
        assert_eq!(native["digest"], digest);
    });
}

#[test]
fn the_committed_vectors_and_the_generated_trace_are_answered_as_they_say() {
    run(async {
        let shop = Workshop::new();
        let digest = fs::read_to_string(committed("tests/conformance/traces/default-200.digest"));
        let digest = digest.expect("it is there");
        for subject in [&committed(DISPATCHER), "native"] {
            let found = shop
                .policy(&["test", subject, "--trace", &committed(TRACE), "--json"])
                .json();
            assert_eq!(
                (&found["digest"], &found["calls"]),
                (&digest.trim_end().into(), &200.into())
            );
            assert_eq!(
                (&found["good"], &found["comparison"]["differ"]),
                (&true.into(), &0.into())
            );
            shop.policy(&["test", subject, "--vectors", &committed(VECTORS)])
                .good();
        }
    });
}

#[test]
fn decisions_that_differ_are_shown_and_fail() {
    run(async {
        let shop = Workshop::new();
        shop.write("all.wasm", guest("broadcast"));
        let said = shop.policy(&[
            "test",
            "all.wasm",
            "--config",
            "",
            "--trace",
            &committed(TRACE),
        ]);
        let text = said.failed();
        assert!(
            text.contains("differ from what was to be answered"),
            "{text}"
        );
        assert!(text.contains("default-200.umbel:"), "{text}");
        let args = ["test", "all.wasm", "--against", "native", "--json"];
        let found = shop.policy(&args).json();
        assert_eq!(found["good"], false);
        let examples = found["comparison"]["examples"]
            .as_array()
            .expect("examples");
        let audience = examples
            .iter()
            .find(|e| e["extra-clients"]["count"].is_u64());
        let audience = audience.expect("an audience that differs");
        assert!(
            audience["event"].as_u64().is_some_and(|offset| offset > 0),
            "{audience}"
        );
    });
}

#[test]
fn a_policy_that_breaks_the_contract_is_told_which_line() {
    let cases = [
        (
            "trap_in_leave",
            "fault",
            "leave: func(clients: list<client>);",
        ),
        ("too_few_answers", "broken", "in order"),
        (
            "unknown_handles",
            "broken",
            "one that is not connected is ignored and counted",
        ),
        ("select_descending", "broken", "as ascending indexes"),
        ("loop_in_route", "broken", "route: func("),
        ("refuses_settings", "refused", "configure: func("),
    ];
    run(async {
        let shop = Workshop::new();
        for (name, word, line) in cases {
            shop.write("bad.wasm", guest_over("broadcast", "dispatcher", name));
            let text = shop.policy(&["test", "bad.wasm"]).failed();
            assert!(text.contains(word) && text.contains(line), "{name}: {text}");
            assert!(text.contains("wit/dispatcher.wit:"), "{name}: {text}");
        }
    });
}

#[test]
fn what_is_wrong_with_a_trace_is_told_with_its_line() {
    run(async {
        let shop = Workshop::new();
        shop.write(
            "a.umbel",
            "{\"umbel-trace\": 1}\n{\"call\": \"leave\", \"clients\": []}\n",
        );
        let text = shop
            .policy(&["test", "native", "--trace", "a.umbel"])
            .failed();
        assert!(
            text.contains("a.umbel:2: a call before the first `configure`"),
            "{text}"
        );
        shop.write("b.json", "{\"name\": \"b\"}");
        let text = shop.policy(&["test", "native", "--vectors", "."]).failed();
        assert!(text.contains("b.json is no case: missing field"), "{text}");
    });
}

#[test]
fn a_component_that_would_be_refused_is_not_tested() {
    run(async {
        let shop = Workshop::new();
        let text = shop
            .policy(&["test", &committed("guest/dist/quakes-filter.wasm")])
            .failed();
        assert!(text.contains("is a filter, not a policy"), "{text}");
    });
}
