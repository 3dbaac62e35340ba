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
        return npm(&["test"]);
    }
    eprintln!("there is no {CHROMIUM}: what runs in a browser is not tested");
    npm(&["run", "check"])?;
    npm(&[&["test"], &WITHOUT_BROWSER[..]].concat())
}
