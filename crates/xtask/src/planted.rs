//! `xtask planted`: a fault is built in on purpose, and the test that is there for it has to fail.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::shell;

/// A client goes live one event early, so that one event is in nobody's audience.
const FAULT: &str = "umbel/planted-handover";
/// The end-to-end tests of replay and catch-up under publishing.
const TESTS: &str = "catching_up::";
/// What those tests say when they notice.
const NOTICED: &str = "a gap, a duplicate, or out of order";

/// Builds the fault in and sees it noticed.
///
/// # Errors
/// Where the tests pass in spite of it, or fail for another reason.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut cargo = shell::cargo();
    cargo
        .args(["test", "--workspace", "--locked", "--features", FAULT])
        .args(["--test", "e2e", "--", TESTS])
        .current_dir(root);
    let output = cargo.output().context("cargo test with a planted fault")?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    if output.status.success() {
        bail!("{FAULT} is built in, and {TESTS} pass all the same");
    }
    if !said.contains(NOTICED) {
        bail!("{TESTS} failed, but not on {FAULT}:\n{said}");
    }
    eprintln!("{FAULT} was built in, and {TESTS} noticed");
    Ok(())
}
