//! What is refused before it can run, and in which words.

use umbel_engine::Resource;
use umbel_engine::{ComponentKind, FilterComponent, Limits, LoadError, PolicyComponent};
use umbel_routing::FaultClass;

use crate::hostile;
use crate::support::{ENGINE, load};

fn refusal(bytes: &[u8]) -> LoadError {
    load(bytes).map(|_| ()).unwrap_err()
}

fn refusal_of_text(text: &str) -> LoadError {
    refusal(&wat::parse_str(text).unwrap())
}

#[test]
fn a_policy_that_keeps_the_contract_is_loaded_and_has_a_digest() {
    let component = load(&hostile::guest("polite")).unwrap();
    assert_eq!(component.digest().len(), 64);
}

#[test]
fn a_file_over_the_limit_is_refused_before_it_is_read() {
    let limits = Limits {
        component_bytes: 10,
        ..Limits::default()
    };
    let error = PolicyComponent::load(&ENGINE, b"01234567890", &limits)
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error, LoadError::TooLarge { len: 11, max: 10 });
}

#[test]
fn text_is_refused() {
    for text in ["(component)", "  \n(module)"] {
        assert_eq!(refusal(text.as_bytes()), LoadError::Text);
    }
}

#[test]
fn a_core_module_is_told_how_to_become_a_component() {
    let error = refusal_of_text("(module)");
    assert_eq!(error, LoadError::CoreModule);
    assert!(error.to_string().contains("wasm-tools component new"));
}

#[test]
fn what_is_no_webassembly_is_refused() {
    assert_eq!(refusal(b""), LoadError::Empty);
    assert_eq!(refusal(b"#!/bin/sh"), LoadError::NotWasm);
    assert_eq!(refusal(&[0; 64]), LoadError::NotWasm);
}

#[test]
fn a_component_cut_off_anywhere_is_refused() {
    let whole = hostile::guest("polite");
    let loaded = (1..whole.len())
        .filter(|&len| load(&whole[..len]).is_ok())
        .count();
    // What stands after the last export are notes of the tools; without them it is whole.
    assert!(
        loaded <= 2,
        "{loaded} of {} prefixes were taken for a component",
        whole.len()
    );
}

#[test]
fn a_component_with_any_byte_changed_is_refused_or_loaded_but_never_a_panic() {
    let whole = hostile::guest("polite");
    for at in (8..whole.len()).step_by(5) {
        let mut changed = whole.clone();
        changed[at] ^= 0x55;
        let _either = load(&changed).map(|_| ());
    }
}

#[test]
fn an_imported_function_is_refused_by_name() {
    let error = refusal_of_text(r#"(component (import "log" (func (param "text" string))))"#);
    assert_eq!(error, LoadError::Imports(vec!["log".into()]));
}

/// A component that wants of the host what `interfaces` have, as a toolchain with WASI makes it.
fn wanting(interfaces: &[&str]) -> LoadError {
    let imports: String = interfaces
        .iter()
        .map(|name| {
            format!(
                r#"(import "{name}" (instance
                     (export "thing" (type (sub resource)))
                     (export "get" (func))))"#
            )
        })
        .collect();
    refusal_of_text(&format!("(component {imports})"))
}

#[test]
fn a_component_that_needs_wasi_is_told_how_its_language_does_without() {
    for (language, interfaces, advice) in [
        (
            "Python",
            &[
                "wasi:cli/environment@0.2.0",
                "wasi:clocks/monotonic-clock@0.2.0",
                "wasi:filesystem/types@0.2.0",
            ][..],
            "componentize-py with `--stub-wasi`",
        ),
        (
            "JavaScript",
            &[
                "wasi:io/poll@0.2.3",
                "wasi:random/random@0.2.3",
                "wasi:http/types@0.2.3",
            ],
            "componentize-js with `disableFeatures`",
        ),
        (
            "Rust",
            &["wasi:io/streams@0.2.6"],
            "Rust for wasm32-unknown-unknown",
        ),
    ] {
        let error = wanting(interfaces);
        let LoadError::Imports(names) = &error else {
            panic!("{language}: {error}")
        };
        for (name, interface) in names.iter().zip(interfaces) {
            assert_eq!(*name, format!("{interface} (thing, ...)"));
        }
        assert_eq!(names.len(), interfaces.len());
        let text = error.to_string();
        assert!(text.contains(advice), "{language}: {text}");
    }
}

#[test]
fn what_is_wanted_of_others_than_wasi_is_to_be_linked_in() {
    let text = wanting(&["acme:geo/index@1.0.0"]).to_string();
    assert!(
        text.contains("wac plug") && !text.contains("WASI"),
        "{text}"
    );
}

#[test]
fn a_core_module_that_the_host_should_bring_is_refused() {
    let error = refusal_of_text(r#"(component (import "m" (core module)))"#);
    assert!(matches!(error, LoadError::Imports(_)), "{error}");
}

#[test]
fn an_import_of_types_alone_is_no_import() {
    let error = refusal_of_text(
        r#"(component (import "umbel:hub/types@0.1.0" (instance
             (type $r (record (field "a" u32)))
             (export "r" (type (eq $r))))))"#,
    );
    assert!(matches!(error, LoadError::MissingExport { .. }), "{error}");
}

#[test]
fn many_imports_are_named_up_to_a_limit() {
    let imports: String = (0..100)
        .map(|n| format!(r#"(import "f{n}" (func))"#))
        .collect();
    let LoadError::Imports(names) = refusal_of_text(&format!("(component {imports})")) else {
        panic!("not refused for its imports")
    };
    assert_eq!(names.len(), 17);
    assert_eq!(names[16], "84 more");
}

#[test]
fn a_component_without_the_contract_is_told_what_is_missing_and_what_is_there() {
    let error = refusal_of_text(
        r#"(component
             (core module $m (func (export "f")))
             (core instance $i (instantiate $m))
             (func (export "f") (canon lift (core func $i "f"))))"#,
    );
    let LoadError::MissingExport { name, found, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(
        (name.as_str(), found.as_str()),
        ("umbel:hub/fan-out@0.1.0", "f")
    );
}

#[test]
fn an_interface_that_lacks_a_function_is_told_which() {
    let error = refusal_of_text(
        r#"(component
             (core module $m (func (export "f") (param i32 i32))
               (memory (export "m") 1)
               (func (export "r") (param i32 i32 i32 i32) (result i32) unreachable))
             (core instance $i (instantiate $m))
             (func $f (param "clients" (list u32))
               (canon lift (core func $i "f") (memory $i "m") (realloc (func $i "r"))))
             (instance $fan-out (export "leave" (func $f)))
             (export "umbel:hub/fan-out@0.1.0" (instance $fan-out)))"#,
    );
    let LoadError::MissingExport { name, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(name, "umbel:hub/fan-out@0.1.0#configure");
}

fn filter_refusal(bytes: &[u8]) -> LoadError {
    FilterComponent::load(&ENGINE, bytes, &Limits::default())
        .map(|_| ())
        .unwrap_err()
}

#[test]
fn a_filter_where_a_policy_is_wanted_is_told_where_it_belongs() {
    for name in ["polite", "admission_only", "views_only"] {
        let error = refusal(&hostile::guest(&format!("filters/{name}")));
        let wanted = ComponentKind::Policy;
        assert_eq!(error, LoadError::OtherKind { wanted });
        assert!(error.to_string().contains("under `[filter]`"), "{error}");
    }
}

#[test]
fn a_policy_where_a_filter_is_wanted_is_told_where_it_belongs() {
    let error = filter_refusal(&hostile::guest("polite"));
    let wanted = ComponentKind::Filter;
    assert_eq!(error, LoadError::OtherKind { wanted });
    assert!(error.to_string().contains("under `[policy]`"), "{error}");
}

#[test]
fn a_component_that_is_no_filter_is_told_what_one_exports() {
    let error = filter_refusal(&wat::parse_str("(component)").unwrap());
    let text = error.to_string();
    assert!(
        text.contains("lacks `umbel:hub/admission@0.1.0`")
            && text.contains("`umbel:hub/views@0.1.0`, or both")
            && text.contains("It exports: nothing"),
        "{text}"
    );
}

#[test]
fn a_filter_that_lacks_a_function_of_an_interface_is_told_which() {
    let error = filter_refusal(
        &wat::parse_str(
            r#"(component
             (core module $m (func (export "f")))
             (core instance $i (instantiate $m))
             (func $f (canon lift (core func $i "f")))
             (instance $views
               (export "configure" (func $f)) (export "join" (func $f)) (export "leave" (func $f)))
             (export "umbel:hub/views@0.1.0" (instance $views)))"#,
        )
        .unwrap(),
    );
    let LoadError::MissingExport { name, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(name, "umbel:hub/views@0.1.0#tailor");
}

#[test]
fn a_function_of_a_filter_of_another_type_is_named_with_its_interface() {
    let error = filter_refusal(
        &wat::parse_str(
            r#"(component
             (core module $m (func (export "f")))
             (core instance $i (instantiate $m))
             (func $f (canon lift (core func $i "f")))
             (instance $a (export "configure" (func $f)) (export "admit" (func $f)))
             (export "umbel:hub/admission@0.1.0" (instance $a)))"#,
        )
        .unwrap(),
    );
    let LoadError::WrongType { export, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(export, "umbel:hub/admission@0.1.0#configure");
}

/// A component with all functions of the contract, all of which take and return nothing, and `more`.
fn of_wrong_types(version: &str, more: &str) -> Vec<u8> {
    let text = format!(
        r#"(component {more}
             (core module $m (func (export "f")))
             (core instance $i (instantiate $m))
             (func $f (canon lift (core func $i "f")))
             (instance $fan-out
               (export "configure" (func $f)) (export "join" (func $f)) (export "leave" (func $f))
               (export "route" (func $f)) (export "select" (func $f)))
             (instance $queue-policy (export "overflow" (func $f)))
             (export "umbel:hub/fan-out@{version}" (instance $fan-out))
             (export "umbel:hub/queue-policy@{version}" (instance $queue-policy)))"#
    );
    wat::parse_str(text).unwrap()
}

/// Makes handles of a resource of its own as long as it can.
const LEAKS_HANDLES: &str = r#"
    (type $r (resource (rep i32)))
    (core func $new (canon resource.new $r))
    (core module $leak
      (import "" "new" (func $new (param i32) (result i32)))
      (func $spin (loop $l (drop (call $new (i32.const 1))) (br $l)))
      (start $spin))
    (core instance (instantiate $leak (with "" (instance (export "new" (func $new))))))"#;

#[test]
fn a_component_that_leaks_handles_is_refused() {
    let error = refusal(&of_wrong_types("0.1.0", LEAKS_HANDLES));
    let LoadError::Start(fault) = &error else {
        panic!("{error}")
    };
    assert_eq!(fault.class, FaultClass::Limit, "{fault}");
}

#[test]
fn a_function_of_another_type_is_named() {
    let error = refusal(&of_wrong_types("0.1.0", ""));
    let LoadError::WrongType { export, detail } = &error else {
        panic!("{error}")
    };
    assert_eq!(export, "umbel:hub/fan-out@0.1.0#configure");
    assert!(detail.contains("type mismatch"), "{detail}");
}

#[test]
fn a_compatible_version_of_the_contract_is_found_and_another_is_not() {
    assert!(matches!(
        refusal(&of_wrong_types("0.1.7", "")),
        LoadError::WrongType { .. }
    ));
    let error = refusal(&of_wrong_types("0.2.0", ""));
    let LoadError::MissingExport { detail, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(
        detail,
        "it has umbel:hub/fan-out@0.2.0 instead: build it against version 0.1.0"
    );
}

#[test]
fn a_component_that_starts_with_too_much_is_refused_with_both_numbers() {
    let TooMuch {
        resource,
        needed,
        max,
    } = too_much("memory_at_start");
    assert_eq!(
        (resource, needed, max),
        (Resource::MemoryBytes, 128 << 20, 64 << 20)
    );
    let error = refusal(&hostile::guest("table_at_start")).to_string();
    assert!(
        error.contains("1000000") && error.contains("20000"),
        "{error}"
    );
}

struct TooMuch {
    resource: Resource,
    needed: u64,
    max: u64,
}

fn too_much(name: &str) -> TooMuch {
    match refusal(&hostile::guest(name)) {
        LoadError::TooMuch {
            resource,
            needed,
            max,
        } => TooMuch {
            resource,
            needed,
            max,
        },
        other => panic!("{other}"),
    }
}

#[test]
fn a_thousand_memories_are_refused_however_they_are_spread() {
    let of_one_module = format!("(component (core module {}))", "(memory 1)".repeat(1_000));
    let error = refusal_of_text(&of_one_module);
    assert!(matches!(error, LoadError::Invalid(_)), "{error}");

    let modules = |count| {
        let instances = "(core instance (instantiate $m))".repeat(count);
        format!("(component (core module $m (memory 1)) {instances})")
    };
    for (count, said) in [(9, "9 Wasm linear memories"), (1_000, "1000 core module")] {
        let error = refusal_of_text(&modules(count));
        assert!(matches!(error, LoadError::Unfit(_)), "{error}");
        assert!(error.to_string().contains(said), "{error}");
    }
    // Eight are as many as there may be; that it exports nothing is found after that.
    let error = refusal_of_text(&modules(8));
    assert!(matches!(error, LoadError::MissingExport { .. }), "{error}");
}

#[test]
fn a_component_of_many_core_instances_is_refused() {
    let instances: String = (0..100)
        .map(|_| "(core instance (instantiate $m))".to_owned())
        .collect();
    let error = refusal_of_text(&format!("(component (core module $m) {instances})"));
    assert!(
        error.to_string().contains("100 core module instances"),
        "{error}"
    );
}

#[test]
fn features_of_components_that_are_off_are_refused() {
    for (feature, component) in [
        (
            "asynchronous functions",
            r#"(component
                 (core module $m (func (export "f")))
                 (core instance $i (instantiate $m))
                 (func (export "f") async (canon lift (core func $i "f"))))"#,
        ),
        ("streams", "(component (type (stream u8)))"),
        ("futures", "(component (type (future u8)))"),
        ("error contexts", "(component (type error-context))"),
        ("maps", "(component (type (map u32 u32)))"),
        ("fixed-length lists", "(component (type (list u32 4)))"),
    ] {
        let error = refusal_of_text(component);
        assert!(matches!(error, LoadError::Invalid(_)), "{feature}: {error}");
    }
}

#[test]
fn features_that_are_off_are_refused() {
    for (feature, module) in [
        ("threads", "(memory 1 1 shared)"),
        ("memory64", "(memory i64 1)"),
        ("tail calls", "(func $f (return_call $f))"),
        (
            "relaxed SIMD",
            "(func (param v128 v128) (result v128)
               (i8x16.relaxed_swizzle (local.get 0) (local.get 1)))",
        ),
        ("garbage collection", "(type (struct))"),
        ("exceptions", "(tag)"),
        (
            "function references",
            "(type $t (func)) (func (param (ref $t)))",
        ),
        ("stack switching", "(type $f (func)) (type (cont $f))"),
        ("custom page sizes", "(memory 1 (pagesize 1))"),
        (
            "wide arithmetic",
            "(func (param i64 i64) (result i64 i64)
               (i64.mul_wide_u (local.get 0) (local.get 1)))",
        ),
        ("legacy exceptions", "(func try catch_all end)"),
    ] {
        let error = refusal_of_text(&format!("(component (core module {module}))"));
        assert!(matches!(error, LoadError::Invalid(_)), "{feature}: {error}");
    }
}
