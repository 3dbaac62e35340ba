//! What is wrong with a trace.

use std::io;

use super::{TRACE_LINE_BYTES_MAX, TRACE_VERSION};

/// What is wrong with a trace, and where.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct TraceError {
    /// The line, the first being 1.
    pub line: u64,
    /// What is wrong with it.
    #[source]
    pub problem: TraceProblem,
}

/// What is wrong with a line of a trace, and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum TraceProblem {
    /// It cannot be read or written at all.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// There is no first line.
    #[error(
        "the file is empty: a trace begins with the line {{\"umbel-trace\": {TRACE_VERSION}, ...}}"
    )]
    Empty,
    /// The first line is something else.
    #[error(
        "this is no header of a trace ({0}): a trace begins with the line \
         {{\"umbel-trace\": {TRACE_VERSION}, ...}}"
    )]
    NoHeader(String),
    /// Another version of the format.
    #[error(
        "the trace is of version {0}, this program reads version {TRACE_VERSION}: record it anew, or \
         read it with a program as new as the one that wrote it"
    )]
    Version(u32),
    /// More bytes than one line may have.
    #[error(
        "the line has more than {TRACE_LINE_BYTES_MAX} bytes: split the call into several with fewer \
         events or subscribers each"
    )]
    TooLong,
    /// The last line has no end.
    #[error("the line ends in the middle, as if the file had been cut off: remove the line ({0})")]
    CutOff(String),
    /// It is no step.
    #[error("this is no call ({0}): see the table of calls in tests/conformance/README.md")]
    NoStep(String),
    /// No instance was asked for.
    #[error("a call before the first `configure`: it makes the instance that is asked")]
    NotConfigured,
}

impl TraceProblem {
    pub(super) const fn at(self, line: u64) -> TraceError {
        TraceError {
            line,
            problem: self,
        }
    }
}
