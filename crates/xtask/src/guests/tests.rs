//! The committed components, and how their digests tell that they are stale.

use std::fs;

use super::{COMPOSED, DISPATCHER, GUESTS, committed, component, sources};
use crate::tree;

#[test]
fn the_committed_components_export_their_part_of_the_contract_and_need_nothing_but_what_they_stand_before()
 {
    for guest in &GUESTS {
        let bytes = fs::read(tree::root().join(guest.built().component())).unwrap();
        let face = component::face(&bytes).unwrap();
        assert_eq!(face.exports, guest.exports);
        assert_eq!(face.needs, guest.imports, "{}", guest.name);
    }
    let layers = GUESTS.iter().filter(|g| !g.imports.is_empty());
    assert_eq!(layers.map(|g| g.name).collect::<Vec<_>>(), ["muted"]);
}

#[test]
fn a_composed_component_is_a_policy_as_any_other() {
    for composed in &COMPOSED {
        let bytes = fs::read(tree::root().join(composed.built().component())).unwrap();
        let face = component::face(&bytes).unwrap();
        assert_eq!(face.exports, DISPATCHER.exports);
        assert_eq!(face.needs, [""; 0]);
    }
}

#[test]
fn the_committed_components_name_no_folder_of_the_machine_that_built_them() {
    let home = std::env::home_dir().unwrap();
    for built in committed() {
        let bytes = fs::read(tree::root().join(built.component())).unwrap();
        for folder in [tree::root(), home.join(".cargo"), "registry/src".into()] {
            let folder = folder.to_str().unwrap().as_bytes();
            assert!(
                !bytes.windows(folder.len()).any(|window| window == folder),
                "{}: {folder:?}",
                built.name
            );
        }
    }
}

#[test]
fn what_does_not_export_the_contract_is_not_wrapped() {
    // The empty core module: valid Wasm that exports nothing.
    let error = component::componentize(b"\0asm\x01\0\0\0", DISPATCHER.exports, &[]).unwrap_err();
    assert!(error.to_string().contains("it is to export"), "{error:#}");
    assert!(component::componentize(b"not wasm at all", DISPATCHER.exports, &[]).is_err());
}

#[test]
fn a_changed_a_new_and_a_lost_source_are_named() {
    let committed = "aa  crates/a.rs\nbb  crates/b.rs\ncc  crates/c.rs\n";
    let present = "aa  crates/a.rs\nb0  crates/b.rs\ndd  crates/d.rs\n";
    assert_eq!(sources::differing(committed, committed), [""; 0]);
    assert_eq!(
        sources::differing(committed, present),
        ["crates/b.rs", "crates/c.rs", "crates/d.rs"]
    );
}

#[test]
fn digests_are_those_of_sha256sum_and_leave_out_what_is_not_built_in() {
    let digests = sources::digests(&tree::root(), &DISPATCHER.built()).unwrap();
    let paths: Vec<_> = digests
        .lines()
        .map(|line| line.split_once("  ").unwrap().1)
        .collect();
    assert!(
        paths.contains(&"wit/types.wit") && paths.contains(&"guest/Cargo.lock"),
        "{paths:?}"
    );
    assert!(
        !paths.iter().any(|path| path.contains("tests")),
        "{paths:?}"
    );
    assert!(
        digests.lines().all(|line| line.find("  ") == Some(64)),
        "{digests}"
    );
}
