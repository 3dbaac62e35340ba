//! Programs that build something.

use std::io::ErrorKind;
use std::process::{Command, Output, Stdio};

use anyhow::{anyhow, bail};

/// Runs it with its output on our standard error: what we print is the result.
pub(super) fn run(command: &mut Command, hint: &str) -> anyhow::Result<()> {
    output(command.stdout(Stdio::from(std::io::stderr())), hint).map(drop)
}

/// Runs it, and answers what it printed; what it complains of goes to our standard error. Where there is no
/// such program, `hint` says how to come by it.
pub(super) fn output(command: &mut Command, hint: &str) -> anyhow::Result<Output> {
    let name = command.get_program().to_string_lossy().into_owned();
    let child = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn();
    let child = child.map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!("`{name}` is not there: {hint}"),
        _ => anyhow!("`{name}` cannot be run: {error}"),
    })?;
    let output = child.wait_with_output()?;
    if !output.status.success() {
        let arguments: Vec<_> = command.get_args().map(|a| a.to_string_lossy()).collect();
        bail!("`{name} {}` failed: {}", arguments.join(" "), output.status);
    }
    Ok(output)
}
