//! What a compiling process may use.

use std::time::Duration;

/// What the process may use that compiles one component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileLimits {
    /// By the clock; then it is killed.
    pub time: Duration,
    /// CPU time; then the kernel kills it, also where nobody waits for it any more. Whole seconds.
    pub cpu_seconds: u64,
    /// Bytes of address space.
    pub memory_bytes: u64,
    /// Bytes of the code.
    pub code_bytes: usize,
}

impl Default for CompileLimits {
    /// A policy in JavaScript or Python of 12 to 18 MB takes 6 to 15 s of CPU time and becomes some 40 MB of code. Its
    /// process steps back behind those that serve, so that by the clock it may take several times as long.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(120),
            cpu_seconds: 60,
            memory_bytes: 2 << 30,
            code_bytes: 256 << 20,
        }
    }
}
