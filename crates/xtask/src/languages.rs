//! What is written in Python and in JavaScript: hosts of a component, components, and runners of the vectors.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::shell;

/// Checks and tests what is written in Python.
pub(crate) fn python(root: &Path) -> Result<()> {
    shell::run(
        Command::new("sh")
            .args(["tests/python/run", "-q"])
            .current_dir(root),
    )
}

/// Checks and tests what is written in JavaScript.
pub(crate) fn javascript(root: &Path) -> Result<()> {
    let npm = |args: &[&str]| {
        let mut npm = Command::new("npm");
        npm.args(args).current_dir(root);
        shell::run(&mut npm)
    };
    npm(&["ci", "--no-progress"])?;
    npm(&["test"])
}
