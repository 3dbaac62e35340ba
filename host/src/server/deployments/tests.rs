//! What outlives the process, and what does not.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use bytes::Bytes;
use sha2::{Digest, Sha256};
use umbel_engine::ComponentKind;

use super::{Choice, Deed, Deployment, Deployments, Made};
use crate::config::{StateDir, TenantName};

fn tenant() -> TenantName {
    TenantName::parse("news").unwrap()
}

fn made(bytes: &'static [u8], deed: Deed) -> Made {
    let digest: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let choice = Choice::Deployed(Deployment {
        digest: digest.clone(),
        config: "a = 1".into(),
        origin: None,
        at_ms: 7,
        by: "someone".into(),
    });
    Made {
        kind: ComponentKind::Policy,
        deed,
        choice,
        digest,
        component: Some(Bytes::from_static(bytes)),
        by: "someone".into(),
        at_ms: 7,
    }
}

fn files(folder: &Path) -> usize {
    folder.read_dir().unwrap().count()
}

#[test]
fn what_was_deployed_is_there_after_a_restart_with_its_bytes_and_the_one_before() {
    let state = StateDir::temporary().unwrap();
    let before = Deployments::open(Some(state.path())).unwrap();
    assert!(before.note(&tenant(), made(b"one", Deed::Deploy)));
    assert!(before.note(&tenant(), made(b"two", Deed::Deploy)));
    let after = Deployments::open(Some(state.path())).unwrap();
    assert_eq!(after.record(&tenant()), before.record(&tenant()));
    let slot = after.record(&tenant()).policy;
    let bytes = |choice: &Choice| after.component(choice.deployment().unwrap()).unwrap();
    assert_eq!(bytes(&slot.current), "two");
    assert_eq!(bytes(&slot.previous.unwrap()), "one");
    assert_eq!(after.current(&tenant(), ComponentKind::Filter), None);
}

#[test]
fn files_are_private_and_those_that_nothing_needs_are_removed() {
    let state = StateDir::temporary().unwrap();
    let deployments = Deployments::open(Some(state.path())).unwrap();
    for bytes in [&b"one"[..], b"two", b"three", b"four"] {
        deployments.note(&tenant(), made(bytes, Deed::Deploy));
    }
    let components = state.path().join("components");
    assert_eq!(files(&components), 2, "the present one and the one before");
    for folder in [components.clone(), state.path().join("deployments")] {
        for entry in folder.read_dir().unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
    std::fs::write(components.join(".unfinished-x"), "half").unwrap();
    std::fs::write(components.join("ab.wasm"), "nobody's").unwrap();
    Deployments::open(Some(state.path())).unwrap();
    assert_eq!(files(&components), 2, "what a killed process left is gone");
}

#[test]
fn a_component_that_was_touched_is_not_taken_back() {
    let state = StateDir::temporary().unwrap();
    let deployments = Deployments::open(Some(state.path())).unwrap();
    deployments.note(&tenant(), made(b"one", Deed::Deploy));
    let deployment = deployments.current(&tenant(), ComponentKind::Policy);
    let deployment = deployment.unwrap();
    let file = state
        .path()
        .join("components")
        .join(format!("{}.wasm", deployment.digest));
    std::fs::write(&file, "another").unwrap();
    let error = deployments.component(&deployment).unwrap_err();
    assert!(error.to_string().contains("holds something else"));
    std::fs::remove_file(&file).unwrap();
    let error = deployments.component(&deployment).unwrap_err();
    assert!(error.to_string().contains("cannot be read"));
    let digest = "../../secret".to_owned();
    let escaping = Deployment {
        digest,
        ..deployment
    };
    assert!(deployments.component(&escaping).is_err());
}

#[test]
fn a_broken_record_is_as_if_there_were_none_and_is_left_where_it_is() {
    let state = StateDir::temporary().unwrap();
    let folder = state.path().join("deployments");
    let texts = ["", "{}", "not JSON", "[1]", "{\"policy\":{}}"];
    for text in texts {
        drop(Deployments::open(Some(state.path())).unwrap());
        std::fs::write(folder.join("news.json"), text).unwrap();
        std::fs::write(folder.join("No Name.json"), text).unwrap();
        let deployments = Deployments::open(Some(state.path())).unwrap();
        assert_eq!(
            deployments.record(&tenant()),
            super::Record::default(),
            "{text}"
        );
        assert_eq!(files(&folder), 2);
    }
}

#[test]
fn without_a_folder_it_is_held_in_memory_and_said_not_to_survive() {
    let deployments = Deployments::open(None).unwrap();
    for bytes in [&b"one"[..], b"two", b"three"] {
        assert!(!deployments.note(&tenant(), made(bytes, Deed::Deploy)));
    }
    let slot = deployments.record(&tenant()).policy;
    let bytes = |choice: &Choice| deployments.component(choice.deployment().unwrap());
    assert_eq!(bytes(&slot.current).unwrap(), "three");
    assert_eq!(bytes(&slot.previous.unwrap()).unwrap(), "two");
    let Choice::Deployed(gone) = made(b"one", Deed::Deploy).choice else {
        panic!("it is deployed");
    };
    assert!(deployments.component(&gone).is_err());
}

#[test]
fn the_history_is_bounded() {
    let deployments = Deployments::open(None).unwrap();
    for _ in 0..40 {
        deployments.note(&tenant(), made(b"one", Deed::Rollback));
    }
    assert_eq!(deployments.record(&tenant()).history.len(), 16);
}
