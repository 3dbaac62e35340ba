//! The packages of the workspace and what they depend on.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell;

/// One package of the workspace.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) name: String,
    /// Its `Cargo.toml`, below the root.
    pub(super) manifest: PathBuf,
    pub(super) dependencies: Vec<Dependency>,
}

/// A package that it names.
#[derive(Debug)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// Whether only its tests need it.
    pub(super) for_tests: bool,
    /// Where its manifest names it.
    pub(super) line: usize,
}

/// All packages of the workspace at `root`.
pub(super) fn all(root: &Path) -> Result<Vec<Package>> {
    let mut cargo = shell::cargo();
    cargo.args([
        "metadata",
        "--no-deps",
        "--format-version",
        "1",
        "--manifest-path",
    ]);
    let metadata = shell::output(cargo.arg(root.join("Cargo.toml")))?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata names no packages")?;
    packages.iter().map(|package| read(root, package)).collect()
}

fn read(root: &Path, package: &Value) -> Result<Package> {
    let manifest = Path::new(package["manifest_path"].as_str().context("manifest_path")?);
    let text = std::fs::read_to_string(manifest)?;
    let dependencies = package["dependencies"].as_array().context("dependencies")?;
    Ok(Package {
        name: package["name"].as_str().context("name")?.into(),
        manifest: manifest.strip_prefix(root).unwrap_or(manifest).into(),
        dependencies: dependencies
            .iter()
            .map(|d| dependency(&text, d))
            .collect::<Result<_>>()?,
    })
}

fn dependency(manifest: &str, dependency: &Value) -> Result<Dependency> {
    let name = dependency["name"]
        .as_str()
        .context("name of a dependency")?;
    let for_tests = dependency["kind"] == "dev";
    Ok(Dependency {
        name: name.into(),
        for_tests,
        line: line_of(manifest, name),
    })
}

/// The first line that names the dependency, or 1 where it is renamed.
fn line_of(manifest: &str, name: &str) -> usize {
    let names = |line: &str| {
        line.strip_prefix(name)
            .is_some_and(|rest| rest.starts_with([' ', '.', '=']))
    };
    manifest
        .lines()
        .position(names)
        .map_or(1, |index| index + 1)
}
