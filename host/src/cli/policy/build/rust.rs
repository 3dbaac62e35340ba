//! Projects in Rust.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::Context;
use serde::Deserialize;
use umbel_guest_build::{Toolchain, wrap};

use super::{program, write};
use crate::cli::policy::file;

/// What cargo says of what it has built, as far as we need it.
#[derive(Deserialize)]
struct Artifact {
    manifest_path: PathBuf,
    filenames: Vec<PathBuf>,
}

/// Has cargo build the library of the package, and wraps it.
pub(super) fn build(project: &Path, output: &Path) -> anyhow::Result<()> {
    let manifest = project.join("Cargo.toml");
    let mut cargo = Toolchain::find()?.cargo_build(project, "/policy");
    cargo
        .args(["--release", "--lib", "--manifest-path"])
        .arg(&manifest)
        .arg("--message-format=json-render-diagnostics")
        .current_dir(project)
        .stdout(Stdio::piped());
    let said = program::output(&mut cargo, "install Rust")?;
    let module = said
        .stdout
        .split(|byte| *byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Artifact>(line).ok())
        .filter(|artifact| same(&artifact.manifest_path, &manifest))
        .flat_map(|artifact| artifact.filenames)
        .find(|file| file.extension().is_some_and(|e| e == "wasm"));
    let module = module.with_context(|| {
        format!(
            "{} builds no module: its library needs `crate-type = [\"cdylib\"]`",
            manifest.display()
        )
    })?;
    write(output, &wrap(&file::read(&module)?)?)
}

/// Links may lead to a project.
fn same(one: &Path, other: &Path) -> bool {
    one == other || one.canonicalize().ok() == other.canonicalize().ok()
}
