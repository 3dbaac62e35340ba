//! What people are told beside the output.

use std::fmt::Display;
use std::io::{Write, stderr};

/// Tells people something, on standard error. Nobody may be listening; that stops no work.
pub fn notice(message: impl Display) {
    _ = writeln!(stderr(), "{message}");
}
