//! Projects in JavaScript.

use std::path::Path;
use std::process::Command;

use anyhow::Context;

use super::program;

const HINT: &str = "install Node.js 20 or newer, which brings npm";
/// Where the script `build` of a project leaves the component.
const BUILT: &str = "policy.wasm";

/// Fetches the packages of the project where they are missing, and runs its script `build`.
pub(super) fn build(project: &Path, output: &Path) -> anyhow::Result<()> {
    let npm = |arguments: &[&str]| {
        let mut npm = Command::new("npm");
        npm.args(arguments).current_dir(project);
        program::run(&mut npm, HINT)
    };
    if !project.join("node_modules").is_dir() {
        npm(&["install", "--no-audit", "--no-fund"])?;
    }
    npm(&["run", "--silent", "build"])?;
    let built = project.join(BUILT);
    if built != output {
        std::fs::copy(&built, output).with_context(|| built.display().to_string())?;
    }
    Ok(())
}
