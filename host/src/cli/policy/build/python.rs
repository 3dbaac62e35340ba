//! Projects in Python.

use std::path::Path;
use std::process::Command;

use super::program;

const HINT: &str = "install Python 3.10 or newer";
/// Where the packages of a project are.
const PACKAGES: &str = ".venv";
/// The world of the contract that a project is in. Its module has another name, or it could not be found.
const WORLD: &str = "dispatcher";
const MODULE: &str = "policy";
/// The types of the contract, for tests and editors.
const BINDINGS: &str = "bindings";

/// Fetches the packages of the project where they are missing, and wraps its module.
pub(super) fn build(project: &Path, output: &Path) -> anyhow::Result<()> {
    let packages = project.join(PACKAGES);
    let run = |program: &Path, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(project);
        program::run(&mut command, HINT)
    };
    let tool = packages.join("bin/componentize-py");
    if !tool.is_file() {
        run(Path::new("python3"), &["-m", "venv", PACKAGES])?;
        let pip = ["-m", "pip", "install", "--quiet", "-r", "requirements.txt"];
        run(&packages.join("bin/python"), &pip)?;
    }
    if !project.join(BINDINGS).is_dir() {
        run(&tool, &["-d", "wit", "-w", WORLD, "bindings", BINDINGS])?;
    }
    let output: &str = &output.to_string_lossy();
    // Without `--stub-wasi` it would want functions of the host, which gives none.
    let componentize = [
        "-d",
        "wit",
        "-w",
        WORLD,
        "componentize",
        "--stub-wasi",
        "-p",
        ".",
        MODULE,
    ];
    run(&tool, &[&componentize[..], &["-o", output]].concat())
}
