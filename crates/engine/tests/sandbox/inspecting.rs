//! What is told of a component without deciding what it is for.

use umbel_engine::{InProcess, Inspection, Interface, Limits, LoadError};

use crate::hostile;
use crate::support::ENGINE;

fn inspect(bytes: &[u8]) -> Result<Inspection, LoadError> {
    Inspection::of(&ENGINE, &InProcess::new(&ENGINE), bytes, &Limits::default())
}

fn exports(inspection: &Inspection) -> Vec<&str> {
    let names = inspection.face.exports.iter();
    names.map(|interface| &*interface.name).collect()
}

#[test]
fn a_policy_is_told_from_a_filter_and_both_are_good() {
    let policy = inspect(&hostile::guest("polite")).unwrap();
    assert!(policy.policy.is_ok() && policy.filter.is_err());
    assert_eq!(policy.refusal(), None);
    let filter = inspect(&hostile::guest("filters/views_only")).unwrap();
    assert!(filter.policy.is_err() && filter.filter.is_ok());
    assert_eq!(filter.refusal(), None);
    assert_eq!(exports(&filter), ["umbel:hub/views@0.1.0"]);
}

#[test]
fn what_a_component_shows_is_told_with_its_functions() {
    let face = inspect(&hostile::guest("polite")).unwrap().face;
    let fan_out = Interface {
        name: "umbel:hub/fan-out@0.1.0".into(),
        functions: ["configure", "join", "leave", "route", "select"]
            .map(String::from)
            .into(),
    };
    let mut functions = face.exports[0].functions.clone();
    functions.sort_unstable();
    assert_eq!(
        (&face.exports[0].name, functions),
        (&fan_out.name, fan_out.functions)
    );
    assert!(
        face.imports.iter().all(|i| i.functions.is_empty()),
        "{face:?}"
    );
    assert_eq!(face.memories, Some(1));
    assert!(face.memory_bytes.is_some_and(|bytes| bytes >= 64 << 10));
}

#[test]
fn what_is_neither_is_refused_as_a_policy_and_what_is_imported_is_told() {
    let nothing = inspect(&wat::parse_str("(component)").unwrap()).unwrap();
    assert!(matches!(
        nothing.refusal(),
        Some(LoadError::MissingExport { .. })
    ));
    let wasi = r#"(component (import "wasi:cli/exit@0.2.0" (instance (export "exit" (func)))))"#;
    let wanting = inspect(&wat::parse_str(wasi).unwrap()).unwrap();
    assert!(matches!(wanting.refusal(), Some(LoadError::Imports(_))));
    assert_eq!(wanting.face.imports[0].functions, ["exit"]);
    assert_eq!(inspect(b"").err(), Some(LoadError::Empty));
}
