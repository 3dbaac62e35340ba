//! Compiles in this process.

use crate::failure::printable;
use crate::{CompileError, Compiled, Compiler, Engine};

/// Compiles in this process, on the caller's thread, as long as it takes and with as much memory: for
/// components that come from whoever runs the process, and for tests and tools.
pub struct InProcess(Engine);

impl InProcess {
    /// A compiler with the settings of `engine`.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        Self(engine.clone())
    }
}

impl Compiler for InProcess {
    fn compile(&self, component: &[u8]) -> Result<Compiled, CompileError> {
        compile(self.0.wasm(), component)
            .map_err(|error| CompileError::Refused(printable(&format!("{error:#}"))))
    }
}

/// The code of `component`, from the compiler of `engine`.
pub(crate) fn compile(engine: &wasmtime::Engine, component: &[u8]) -> wasmtime::Result<Compiled> {
    engine
        .precompile_component(component)
        .map(Compiled::trusted)
}
