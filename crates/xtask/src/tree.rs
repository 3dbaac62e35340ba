//! The project as files.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

/// What is built, downloaded or kept by tools: never ours to check.
const SKIPPED: [&str; 5] = ["target", ".git", "node_modules", "corpus", "artifacts"];

/// The folder that the whole project is in.
pub(crate) fn root() -> PathBuf {
    // Asked at run time first: several checkouts may share one target directory, and so this binary.
    let manifest = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let manifest = manifest.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    manifest
        .ancestors()
        .nth(2)
        .expect("xtask lives in crates/xtask")
        .to_path_buf()
}

/// All files at or below `start`, a path below `root`, as sorted paths relative to `root`.
pub(crate) fn files(root: &Path, start: &str) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![PathBuf::from(start)];
    while let Some(path) = pending.pop() {
        if root.join(&path).is_file() {
            found.push(path);
        } else {
            pending.extend(children(root, &path)?);
        }
    }
    found.sort();
    Ok(found)
}

/// `path` with `/` on every system.
pub(crate) fn slashed(path: &Path) -> String {
    path.iter()
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join("/")
}

fn children(root: &Path, dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(root.join(dir)).with_context(|| dir.display().to_string())?;
    let mut children = Vec::new();
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        if !SKIPPED.iter().any(|skipped| name == *skipped) && !entry.file_type()?.is_symlink() {
            children.push(dir.join(name));
        }
    }
    Ok(children)
}

/// Whether the file holds tests alone.
pub(crate) fn is_test(path: &Path) -> bool {
    path.iter().any(|part| part == "tests") || path.ends_with("tests.rs")
}
