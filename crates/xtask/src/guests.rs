//! `xtask guests`: builds the default policy and the examples as components.
//!
//! The components are committed, so that building the hub needs no Wasm toolchain. Beside each stands the
//! digest of every source that it was built from: where one differs, the component is stale.

mod built;
mod component;
mod composed;
mod guest;
mod sources;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use umbel_guest_build::Toolchain;

use built::Built;
use composed::{COMPOSED, Composed};
pub(crate) use guest::{DISPATCHER, GUESTS, Guest};

use crate::{shell, tree};

/// Builds the components and their digests into `guest/dist`.
pub(crate) fn build() -> Result<()> {
    let root = tree::root();
    for guest in &GUESTS {
        let bytes = compile(&root, guest, Lock::Update)?;
        write(&root.join(guest.built().component()), &bytes)?;
        note(&root, &guest.built())?;
    }
    for composed in &COMPOSED {
        composed.compose(&root)?;
        note(&root, &composed.built())?;
    }
    Ok(())
}

/// Notes what a component was made from.
fn note(root: &Path, built: &Built) -> Result<()> {
    let digests = sources::digests(root, built)?;
    write(&root.join(built.digests()), digests.as_bytes())?;
    let component = built.component();
    let bytes = fs::metadata(root.join(&component))?.len();
    eprintln!("{component}: {bytes} bytes");
    Ok(())
}

/// Fails where a committed component is stale. Builds them again from source, and answers with the folder
/// of those builds, so that a test can compare what both decide.
pub(crate) fn check() -> Result<PathBuf> {
    let root = tree::root();
    check_digests(&root)?;
    let fresh = target_dir(&root).join("fresh");
    for guest in &GUESTS {
        let component = compile(&root, guest, Lock::Keep)?;
        write(&fresh.join(guest.file()), &component)?;
    }
    Ok(fresh)
}

/// Fails where a committed component is not the one that its digests speak of, or a source has changed
/// since.
pub(crate) fn check_digests(root: &Path) -> Result<()> {
    let mut stale = Vec::new();
    for built in committed() {
        let differing = sources::check(root, &built)?;
        if !differing.is_empty() {
            stale.push(format!(
                "{}, changed since it was built:\n  {}",
                built.component(),
                differing.join("\n  ")
            ));
        }
    }
    if !stale.is_empty() {
        bail!(
            "stale; `cargo xtask guests` builds them anew:\n{}",
            stale.join("\n")
        );
    }
    Ok(())
}

/// Every component in `guest/dist`.
fn committed() -> impl Iterator<Item = Built> {
    let composed = COMPOSED.iter().map(Composed::built);
    GUESTS.iter().map(Guest::built).chain(composed)
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

fn compile(root: &Path, guest: &Guest, lock: Lock) -> Result<Vec<u8>> {
    let target_dir = target_dir(root);
    let mut cargo = Toolchain::find()?.cargo_build(root, "/umbel");
    cargo.args(["--release", "--package", guest.package]);
    cargo
        .arg("--manifest-path")
        .arg(root.join("guest/Cargo.toml"));
    cargo.arg("--target-dir").arg(&target_dir);
    if lock == Lock::Keep {
        cargo.arg("--locked");
    }
    shell::run(&mut cargo)?;
    let core = target_dir.join(guest.module());
    let core = fs::read(&core).with_context(|| core.display().to_string())?;
    component::componentize(&core, guest.exports, guest.imports)
}

fn write(path: &Path, content: &[u8]) -> Result<()> {
    let dir = path.parent().expect("a file in a folder");
    fs::create_dir_all(dir)
        .and_then(|()| fs::write(path, content))
        .context(path.display().to_string())
}

#[cfg(test)]
mod tests;
