//! Cases that every host of a policy must decide alike: questions and expected answers as JSON, random
//! questions from a seed, and the rules of the default policy in their plainest form.
//!
//! `tests/conformance/README.md` documents the format for hosts in other languages.

mod answer;
mod case;
mod event;
mod generator;
mod joiner;
mod plain;
mod splitmix;
mod step;

pub use answer::{Answer, Entry, Failure, digest};
pub use case::{Case, Turn};
pub use event::Event;
pub use generator::generate;
pub use joiner::{Joiner, Spelling};
pub use plain::Plain;
pub use step::{Full, Step, run, settings};
