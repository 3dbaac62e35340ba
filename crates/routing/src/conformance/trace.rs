//! Traces: calls as they were made, one a line.
//!
//! `docs/traces.md` is the format for whoever reads or writes one in another language.

mod error;
mod header;
mod reader;
mod writer;

pub use error::{TraceError, TraceProblem};
pub use header::{TRACE_VERSION, TraceHeader};
pub use reader::{TraceReader, TraceStep};
pub use writer::TraceWriter;

/// Bytes of one line of a trace, its line feed aside. The largest batch of a hub fits in by far.
pub const TRACE_LINE_BYTES_MAX: usize = 64 << 20;

#[cfg(test)]
mod tests;
