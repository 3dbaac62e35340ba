//! How many files the process may hold open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that are no connections: listeners, reactors, logs, the standard streams.
const OTHER_FILES: u64 = 64;

/// Raises the soft limit of open files to the hard one, and answers how many connections fit.
pub(crate) fn raise_nofile() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files could not be raised");
            limit.current
        }
    };
    let files = current
        .unwrap_or(u64::MAX)
        .saturating_sub(OTHER_FILES)
        .max(1);
    usize::try_from(files).unwrap_or(usize::MAX)
}
