//! What the tests share.

use std::sync::LazyLock;

use umbel_engine::{ChildProcess, CompileLimits, Engine};

pub(crate) static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::new().unwrap());

/// The component that the hub embeds.
pub(crate) const DEFAULT: &[u8] = include_bytes!("../../../../guest/dist/dispatcher.wasm");

#[path = "../../../../tests/guests/slow_to_compile.rs"]
mod slow_to_compile;

pub(crate) use slow_to_compile::slow_to_compile;

/// A compiler in a child process.
pub(crate) fn child(limits: CompileLimits) -> ChildProcess {
    ChildProcess::new(env!("CARGO_BIN_EXE_umbel-engine-compile"), [""; 0], limits)
}
