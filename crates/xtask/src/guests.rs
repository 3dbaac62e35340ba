//! `xtask guests`: builds the default policy as a component.
//!
//! The component is committed, so that building the hub needs no Wasm toolchain. Beside it stands the
//! digest of every source that it was built from: where one differs, the component is stale.

mod component;
mod sources;
mod toolchain;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

pub(crate) use toolchain::Toolchain;

use crate::{shell, tree};

/// The committed component, below the root.
const COMPONENT: &str = "guest/dist/dispatcher.wasm";
/// Digests of that component and of its sources.
const DIGESTS: &str = "guest/dist/dispatcher.sources";
/// What the hub looks for in a policy.
const EXPORTS: [&str; 2] = ["umbel:hub/fan-out@0.1.0", "umbel:hub/queue-policy@0.1.0"];

/// Builds the component and its digests into `guest/dist`.
pub(crate) fn build() -> Result<()> {
    let root = tree::root();
    let component = compile(&root, Lock::Update)?;
    write(&root.join(COMPONENT), &component)?;
    write(
        &root.join(DIGESTS),
        sources::digests(&root, COMPONENT)?.as_bytes(),
    )?;
    eprintln!("{COMPONENT}: {} bytes", component.len());
    Ok(())
}

/// Fails where the committed component is stale. Builds it again from source, and answers with the path
/// of that build, so that a test can compare what both decide.
pub(crate) fn check() -> Result<PathBuf> {
    let root = tree::root();
    check_digests(&root)?;
    let component = compile(&root, Lock::Keep)?;
    let fresh = target_dir(&root).join("fresh/dispatcher.wasm");
    write(&fresh, &component)?;
    Ok(fresh)
}

/// Fails where the committed component is not the one that its digests speak of, or a source has
/// changed since.
pub(crate) fn check_digests(root: &Path) -> Result<()> {
    let committed = fs::read_to_string(root.join(DIGESTS)).context(DIGESTS)?;
    let differing = sources::differing(&committed, &sources::digests(root, COMPONENT)?);
    if !differing.is_empty() {
        bail!(
            "{COMPONENT} is stale; `cargo xtask guests` builds it anew. Changed since it was built:\n  {}",
            differing.join("\n  ")
        );
    }
    Ok(())
}

/// Where the guest workspace is built: another profile and another compiler than the hub's, so not
/// among the hub's own artifacts.
pub(crate) fn target_dir(root: &Path) -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(target) => root.join(target).join("guest"),
        None => root.join("guest/target"),
    }
}

/// Whether the build may change `guest/Cargo.lock`.
#[derive(Clone, Copy, PartialEq)]
enum Lock {
    Update,
    Keep,
}

fn compile(root: &Path, lock: Lock) -> Result<Vec<u8>> {
    let target_dir = target_dir(root);
    let mut cargo = Toolchain::find()?.cargo_build(root);
    cargo.args(["--release", "--package", "umbel-dispatcher"]);
    cargo
        .arg("--manifest-path")
        .arg(root.join("guest/Cargo.toml"));
    cargo.arg("--target-dir").arg(&target_dir);
    if lock == Lock::Keep {
        cargo.arg("--locked");
    }
    shell::run(&mut cargo)?;
    let core = target_dir
        .join(toolchain::TARGET)
        .join("release/umbel_dispatcher.wasm");
    let core = fs::read(&core).with_context(|| core.display().to_string())?;
    component::componentize(&core, &EXPORTS)
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    let dir = path.parent().expect("a file in a folder");
    fs::create_dir_all(dir)
        .and_then(|()| fs::write(path, content))
        .context(path.display().to_string())
}

#[cfg(test)]
mod tests;
