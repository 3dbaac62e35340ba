//! What is written in Python and in JavaScript: hosts of a component, components, and runners of the vectors.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell;

/// Checks and tests what is written in Python.
pub(crate) fn python(root: &Path) -> Result<()> {
    let mut tests = Command::new("sh");
    shell::run(tests.args(["tests/python/run", "-q"]).current_dir(root))?;
    let mut build = Command::new("target/python/venv/bin/python");
    build.args(["guest/examples/sampling/build", SAMPLING]);
    shell::run(build.current_dir(root))?;
    new_project(root, "python")
}

/// Where the policy in Python is left for the hub.
const SAMPLING: &str = "target/python/sampling.wasm";

/// The end-to-end tests of the policies that the two other stages have built: a program of its own, which nothing
/// else runs.
pub(crate) const IN_THE_HUB: [&str; 2] = ["--test", "other_languages"];

/// Runs those policies in the hub.
pub(crate) fn in_the_hub(root: &Path) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo
        .args(["test", "--workspace", "--locked"])
        .args(IN_THE_HUB)
        .current_dir(root);
    shell::run(&mut cargo)
}

/// What a new project in that language has to say of itself: it builds, and keeps the contract under the limits
/// of a hub.
fn new_project(root: &Path, language: &str) -> Result<()> {
    let name = format!("new-{language}");
    let folder = root.join("target").join(&name);
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| name.clone())?;
    }
    let component = folder.join("policy.wasm");
    let umbel = |command: &str, path: &Path, rest: &[&str]| {
        let mut cargo = shell::cargo();
        cargo.args(["run", "--quiet", "--locked", "--package", "umbel", "--"]);
        cargo.args(["policy", command]).arg(path).args(rest);
        shell::run(cargo.current_dir(root))
    };
    umbel("new", &folder, &["--lang", language])?;
    umbel("build", &folder, &[])?;
    umbel("test", &component, &[])
}

/// Debian's browser; the tests take another one that is named by `CHROMIUM`.
pub(crate) const CHROMIUM: &str = "/usr/bin/chromium";

/// All in JavaScript that needs no browser.
const WITHOUT_BROWSER: [&str; 3] = [
    "--workspace=guest/embed/node",
    "--workspace=guest/examples/geofence",
    "--workspace=tests/conformance/runners/node",
];

/// Checks and tests what is written in JavaScript; what runs in a browser where there is one.
pub(crate) fn javascript(root: &Path) -> Result<()> {
    let npm = |args: &[&str]| {
        let mut npm = Command::new("npm");
        npm.args(args).current_dir(root);
        shell::run(&mut npm)
    };
    npm(&["ci", "--no-progress"])?;
    if std::env::var_os("CHROMIUM").is_some() || Path::new(CHROMIUM).exists() {
        npm(&["test"])?;
    } else {
        eprintln!("there is no {CHROMIUM}: what runs in a browser is not tested");
        npm(&["run", "check"])?;
        npm(&[&["test"], &WITHOUT_BROWSER[..]].concat())?;
    }
    new_project(root, "js")
}
