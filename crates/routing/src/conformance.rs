//! Cases that every host of a policy must decide alike: questions and expected answers as JSON, random
//! questions from a seed, traces of calls, and the rules of the default policy in their plainest form.
//!
//! `tests/conformance/README.md` documents the format for hosts in other languages.

mod answer;
mod base64_text;
mod case;
mod crowd;
mod difference;
mod digest;
mod event;
mod examine;
mod generator;
mod heard;
mod joiner;
mod plain;
mod replay;
mod rule;
mod splitmix;
mod step;
mod trace;
mod words;

pub use answer::{Answer, Entry, Failure};
pub use case::{Case, Turn};
pub use difference::Difference;
pub use digest::{Digest, digest};
pub use event::Event;
pub use examine::{Breach, Examined, Plan, examine};
pub use generator::generate;
pub use joiner::{Joiner, Spelling};
pub use plain::Plain;
pub use replay::{Asked, Replay};
pub use rule::Rule;
pub use step::{Full, Step, run, settings};
pub use trace::{TRACE_LINE_BYTES_MAX, TRACE_VERSION, TraceHeader, TraceReader, TraceStep};
pub use trace::{TraceError, TraceProblem, TraceWriter};
