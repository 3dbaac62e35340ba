//! What is composed, and what is not.

use std::fs;

use super::compose;

fn dist(name: &str) -> Vec<u8> {
    let dist = concat!(env!("CARGO_MANIFEST_DIR"), "/../../dist");
    fs::read(format!("{dist}/{name}.wasm")).expect("it is committed")
}

#[test]
fn what_is_committed_is_composed_of_what_is_committed() {
    let composed = compose(dist("muted"), dist("dispatcher")).unwrap();
    assert!(composed == dist("muted-dispatcher"), "cargo xtask guests");
}

#[test]
fn a_layer_may_stand_before_another_layer() {
    let twice = compose(dist("muted"), dist("muted-dispatcher")).unwrap();
    assert!(twice.len() > dist("muted-dispatcher").len());
}

#[test]
fn what_does_not_fit_is_not_composed() {
    for (layer, policy) in [
        ("dispatcher", "dispatcher"),
        ("muted", "quakes-filter"),
        ("dispatcher", "muted"),
    ] {
        let error = compose(dist(layer), dist(policy)).unwrap_err();
        assert!(
            error.to_string().contains("no matching imports"),
            "{error:#}"
        );
    }
    assert!(compose(b"no component".into(), dist("dispatcher")).is_err());
}
