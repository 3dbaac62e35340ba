//! The digests of what a component is built from.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::built::Built;
use crate::tree;

/// Below the sources, but behind a feature that no component is built with.
const LEFT_OUT: &str = "crates/routing/src/conformance";

/// One line for the component and for each of its sources, as `sha256sum` writes them, in the order of
/// their paths. Files of tests do not count.
pub(super) fn digests(root: &Path, built: &Built) -> Result<String> {
    let mut paths = vec![PathBuf::from(built.component())];
    let mut sources = built.sources.clone();
    sources.sort_unstable();
    for source in sources {
        paths.extend(tree::files(root, source)?);
    }
    paths.retain(|path| !tree::is_test(path) && !path.with_extension("").starts_with(LEFT_OUT));
    let mut lines = String::new();
    for path in paths {
        let content = fs::read(root.join(&path)).with_context(|| path.display().to_string())?;
        writeln!(
            lines,
            "{}  {}",
            hex(&Sha256::digest(content)),
            tree::slashed(&path)
        )?;
    }
    Ok(lines)
}

/// What has changed since `built` was made, the component itself included; everything where it never was.
pub(super) fn check(root: &Path, built: &Built) -> Result<Vec<String>> {
    let digests = root.join(built.digests());
    let committed = if digests.is_file() && root.join(built.component()).is_file() {
        fs::read_to_string(&digests).with_context(|| digests.display().to_string())?
    } else {
        return Ok(vec![built.component()]);
    };
    Ok(differing(&committed, &self::digests(root, built)?))
}

/// The paths that only one of two such lists has, or that they have with different digests.
pub(super) fn differing(committed: &str, present: &str) -> Vec<String> {
    let (committed, present) = (by_path(committed), by_path(present));
    let mut paths: Vec<_> = committed.keys().chain(present.keys()).copied().collect();
    paths.sort_unstable();
    paths.dedup();
    paths.retain(|path| committed.get(path) != present.get(path));
    paths.into_iter().map(str::to_owned).collect()
}

fn by_path(lines: &str) -> BTreeMap<&str, &str> {
    lines
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(hash, path)| (path, hash))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
