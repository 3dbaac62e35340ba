//! How the program ends.

use std::io::ErrorKind;
use std::process::ExitCode;

use super::notice::notice;
use crate::config::Faults;

/// The configuration is wrong (`EX_USAGE` of sysexits.h, as other servers use it).
const CONFIGURATION: u8 = 64;

/// Prints what went wrong, if anything, and answers how the program ends: 0 done, 1 failed, 64 wrong
/// configuration. A reader that closed our output has seen what it wanted: that is quiet, and done.
pub fn report(done: anyhow::Result<()>) -> ExitCode {
    let Err(error) = done else {
        return ExitCode::SUCCESS;
    };
    if is_broken_pipe(&error) {
        return ExitCode::SUCCESS;
    }
    if let Some(faults) = error.downcast_ref::<Faults>() {
        notice(faults);
        return ExitCode::from(CONFIGURATION);
    }
    notice(format_args!("umbel: {error:#}"));
    ExitCode::FAILURE
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
