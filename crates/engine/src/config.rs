//! How wasmtime is set up, and why: all but where instances get their memory from.

use core::num::NonZeroUsize;

use wasmtime::{Config, WasmFeatures};

/// Wasm stack of one call, in bytes. The thread that calls must have this and its own frames.
const WASM_STACK_BYTES_MAX: usize = 512 << 10;

/// Frames of a backtrace that are kept when a component traps.
const BACKTRACE_FRAMES_MAX: usize = 8;

/// Features that are off: what today's toolchains for policies do not need only gives a hostile
/// component more to try. To be looked at again when a toolchain for JavaScript or Python needs one
/// of them. Several memories are needed between the parts of a composed component; `MEMORIES_MAX` bounds how
/// many. The support for garbage collection is not even compiled in.
const OFF: WasmFeatures = WasmFeatures::THREADS
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::GC)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::EXCEPTIONS)
    .union(WasmFeatures::STACK_SWITCHING);

/// What serves and what compiles have in common.
///
/// Memory reservations stay at their 4 GiB: with less, each access is checked in code, which costs
/// a loop over clients 1.8x. Epochs cost such loops 20 %, fuel 45 %, so only epochs are on.
pub(crate) fn base() -> Config {
    let mut config = Config::new();
    config
        .concurrency_support(false)
        .epoch_interruption(true)
        .consume_fuel(false)
        .wasm_features(OFF, false)
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(WASM_STACK_BYTES_MAX)
        .wasm_backtrace_max_frames(NonZeroUsize::new(BACKTRACE_FRAMES_MAX));
    config
}

#[cfg(test)]
mod tests {
    /// The line of wasmtime that gets security fixes for two years, and the oldest patch of it that is used.
    const LINE: &str = "48.0.";
    const PATCH_MIN: u32 = 8;

    #[test]
    fn wasmtime_is_of_the_line_that_gets_security_fixes() {
        let lock = include_str!("../../../Cargo.lock");
        let (_, after) = lock
            .split_once("name = \"wasmtime\"\nversion = \"")
            .unwrap();
        let (version, _) = after.split_once('"').unwrap();
        let patch = version.strip_prefix(LINE).and_then(|p| p.parse().ok());
        assert!(
            patch.is_some_and(|patch: u32| patch >= PATCH_MIN),
            "{version}"
        );
    }
}
