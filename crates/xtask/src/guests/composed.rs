//! A component that is made of two.

use std::path::Path;

use anyhow::Result;

use super::built::Built;
use super::{sources, target_dir};
use crate::shell;

/// The program that composes: a workspace of its own, which takes a minute to build.
const PROGRAM: &str = "guest/embed/compose/Cargo.toml";

/// A layer that is plugged in front of a policy.
pub(super) struct Composed {
    name: &'static str,
    /// Both below the root.
    layer: &'static str,
    policy: &'static str,
}

/// Every one.
pub(super) const COMPOSED: [Composed; 1] = [Composed {
    name: "muted-dispatcher",
    layer: "guest/dist/muted.wasm",
    policy: "guest/dist/dispatcher.wasm",
}];

impl Composed {
    /// As it is committed.
    pub(super) fn built(&self) -> Built {
        Built {
            name: self.name,
            sources: vec![
                self.layer,
                self.policy,
                PROGRAM,
                "guest/embed/compose/Cargo.lock",
                "guest/embed/compose/src",
            ],
        }
    }

    /// Makes the component, where it is not of these two already.
    pub(super) fn compose(&self, root: &Path) -> Result<()> {
        let built = self.built();
        if sources::check(root, &built)?.is_empty() {
            return Ok(());
        }
        let mut cargo = shell::cargo();
        cargo.args(["run", "--locked", "--manifest-path", PROGRAM]);
        cargo.arg("--target-dir").arg(target_dir(root)).arg("--");
        cargo.args([self.layer, self.policy, &built.component()]);
        shell::run(cargo.current_dir(root))
    }
}
