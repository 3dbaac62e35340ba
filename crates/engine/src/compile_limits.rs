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
    /// A JavaScript policy of 12 MB takes some 6 s and becomes 37 MB of code.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            cpu_seconds: 30,
            memory_bytes: 2 << 30,
            code_bytes: 256 << 20,
        }
    }
}
