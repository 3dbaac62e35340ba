//! `umbel policy check`: what a component is, and whether a hub would take it.

use crate::hostile::guests::guest;
use crate::rig::{Workshop, committed, run};

const DISPATCHER: &str = "guest/dist/dispatcher.wasm";

#[test]
fn a_policy_is_described_and_good() {
    run(async {
        let shop = Workshop::new();
        let said = shop.policy(&["check", &committed(DISPATCHER)]);
        let text = said.good();
        for words in [
            "a good policy",
            "umbel:hub/types@0.1.0: types alone",
            "umbel:hub/queue-policy@0.1.0: overflow",
            "wants: none; matchers: none",
            "at the start in 1 memory, at most 64 MiB in all",
        ] {
            assert!(text.contains(words), "no {words:?} in {text}");
        }
    });
}

#[test]
fn machines_are_told_the_same() {
    run(async {
        let shop = Workshop::new();
        let found = shop
            .policy(&["check", &committed(DISPATCHER), "--json"])
            .json();
        assert_eq!(found["good"], true);
        assert_eq!(found["kinds"], serde_json::json!(["policy"]));
        assert_eq!(found["profiles"][0]["kind"], "policy");
        let digest = found["component"]["digest"].as_str().expect("a digest");
        assert!(
            digest.starts_with("sha256:") && digest.len() == 71,
            "{digest}"
        );
        let size = std::fs::metadata(committed(DISPATCHER))
            .expect("it is there")
            .len();
        assert_eq!(found["bytes"], size);
        let filter = committed("guest/dist/quakes-filter.wasm");
        let found = shop.policy(&["check", &filter, "--json"]).json();
        assert_eq!(found["kinds"], serde_json::json!(["filter"]));
    });
}

#[test]
fn what_would_be_refused_is_told_with_the_line_of_the_contract_and_how_to_mend_it() {
    let nothing = wat::parse_str("(component)").expect("it is valid");
    let wasi = r#"(component (import "wasi:cli/exit@0.2.0" (instance (export "exit" (func)))))"#;
    let wasi = wat::parse_str(wasi).expect("it is valid");
    let other_types = wat::parse_str(OTHER_TYPES).expect("it is valid");
    let other_version = OTHER_TYPES.replace("@0.1.0", "@0.2.0");
    let other_version = wat::parse_str(other_version).expect("it is valid");
    let core = wat::parse_str("(module)").expect("it is valid");
    let cases: [(&[u8], &[&str]); 7] = [
        (b"", &["the file is empty"]),
        (&core, &["core module", "umbel policy build"]),
        (
            &nothing,
            &[
                "lacks `umbel:hub/fan-out@0.1.0`",
                "wit/dispatcher.wit:6: interface fan-out {",
            ],
        ),
        (
            &wasi,
            &["wasi:cli/exit@0.2.0", "--stub-wasi", "world dispatcher {"],
        ),
        (
            &other_types,
            &[
                "not of the contract's type",
                "configure: func(settings: settings)",
            ],
        ),
        (
            &other_version,
            &[
                "it has umbel:hub/fan-out@0.2.0 instead",
                "interface fan-out {",
            ],
        ),
        (
            &guest("trap_in_configure"),
            &["it fails when it is configured", "configure: func("],
        ),
    ];
    run(async {
        let shop = Workshop::new();
        for (bytes, words) in cases {
            shop.write("bad.wasm", bytes);
            let text = shop.policy(&["check", "bad.wasm"]).failed();
            for word in words.iter().chain(&["bad.wasm would be refused"]) {
                assert!(text.contains(word), "no {word:?} in {text}");
            }
            let found = shop.policy(&["check", "bad.wasm", "--json"]).json();
            assert_eq!(found["good"], false);
            assert!(found["refused"]["why"].is_string(), "{found}");
        }
    });
}

#[test]
fn a_configuration_that_is_refused_is_no_fault_of_the_component() {
    run(async {
        let shop = Workshop::new();
        let said = shop.policy(&["check", &committed(DISPATCHER), "--config", "colour = blue"]);
        let text = said.good();
        assert!(
            text.contains("it refuses this configuration: line 1"),
            "{text}"
        );
        shop.write("policy.conf", "events = 7\n");
        let said = shop.policy(&["check", &committed(DISPATCHER), "--config", "@policy.conf"]);
        assert!(!said.good().contains("refuses"), "{}", said.out);
    });
}

#[test]
fn a_file_that_is_not_there_is_no_refusal() {
    run(async {
        let shop = Workshop::new();
        let text = shop.policy(&["check", "nowhere.wasm"]).failed();
        assert!(text.contains("nowhere.wasm: No such file"), "{text}");
    });
}

/// All functions of a policy, which take and return nothing.
const OTHER_TYPES: &str = r#"(component
    (core module $m (func (export "f")))
    (core instance $i (instantiate $m))
    (func $f (canon lift (core func $i "f")))
    (instance $fan-out
      (export "configure" (func $f)) (export "join" (func $f)) (export "leave" (func $f))
      (export "route" (func $f)) (export "select" (func $f)))
    (instance $queue-policy (export "overflow" (func $f)))
    (export "umbel:hub/fan-out@0.1.0" (instance $fan-out))
    (export "umbel:hub/queue-policy@0.1.0" (instance $queue-policy)))"#;
