//! `xtask tidy`: the rules of the tree that no compiler knows. Function lengths are clippy's
//! (`too-many-lines-threshold` in `clippy.toml`).

mod finding;
mod layers;
mod lengths;
mod package;
mod promises;
mod purity;
mod texts;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::tree;
use finding::Finding;
use promises::Promises;

/// A file as the rules see it.
struct Source<'a> {
    /// Below the root.
    path: &'a Path,
    text: &'a str,
}

/// Prints every finding, and fails where there is one.
pub(crate) fn run() -> Result<()> {
    let root = tree::root();
    let mut findings = layers::check(&package::all(&root)?);
    let mut promises = Promises::default();
    for path in tree::files(&root, "")? {
        findings.extend(check_file(&root, &path, &mut promises)?);
    }
    findings.extend(promises.check());
    for finding in &findings {
        eprintln!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        n => bail!("{n} finding{}", if n == 1 { "" } else { "s" }),
    }
}

fn check_file(root: &Path, path: &PathBuf, promises: &mut Promises) -> Result<Vec<Finding>> {
    let bytes = fs::read(root.join(path)).with_context(|| path.display().to_string())?;
    let Ok(text) = str::from_utf8(&bytes) else {
        return Ok(vec![]);
    };
    let source = Source { path, text };
    promises.note(&source);
    let mut findings = texts::private_words(&source);
    if path.extension().is_some_and(|ext| ext == "rs") {
        findings.extend(lengths::check(&source));
        findings.extend(texts::opening(&source));
        findings.extend(texts::file_name(&source));
        findings.extend(purity::check(&source));
    }
    Ok(findings)
}
