//! Who turns a component into machine code.

use crate::{CompileError, Compiled};

/// Turns components into machine code.
///
/// A component chooses how long that takes and how much memory: whoever takes components from strangers
/// uses a [`ChildProcess`](crate::ChildProcess), which can be killed.
pub trait Compiler: Send + Sync {
    /// The code of the component `component`. Blocks until it is there: not on a thread that serves
    /// streams.
    ///
    /// # Errors
    /// Why there is none, and whose fault that is.
    fn compile(&self, component: &[u8]) -> Result<Compiled, CompileError>;
}
