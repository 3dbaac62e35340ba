//! From Rust sources to a component: a compiler for the target, wherever it comes from, and what wraps its
//! module. The task runner builds the project's own guests with it, and `umbel policy build` those of others.

mod toolchain;
mod wrap;

pub use toolchain::{TARGET, Toolchain, ToolchainError};
pub use wrap::{WrapError, wrap};
