//! How wasmtime is set up, and why.

use core::num::NonZeroUsize;

use wasmtime::{Config, PoolingAllocationConfig, WasmFeatures};

use crate::limits::TABLE_ELEMENTS_MAX;
use crate::limits::{CORE_INSTANCES_MAX, MEMORIES_MAX, MEMORY_BYTES_MAX, TABLES_MAX};

/// Wasm stack of one call, in bytes. The thread that calls must have this and its own frames.
const WASM_STACK_BYTES_MAX: usize = 512 << 10;

/// Frames of a backtrace that are kept when a component traps.
const BACKTRACE_FRAMES_MAX: usize = 8;

/// Instances that may live at once: tenants times shards, and as many again while they are swapped.
pub(crate) const POOL_INSTANCES_MAX: u32 = 1_000;

/// Core instances, memories and tables of all instances together. A policy in Rust has 3 core
/// instances (the module and its adapters), one in Python about 40.
const POOL_CORE_INSTANCES_MAX: u32 = 10_000;
const POOL_MEMORIES_MAX: u32 = 2_000;
const POOL_TABLES_MAX: u32 = 4_000;

/// Tables of one core module: the function table and a spare one.
const TABLES_PER_MODULE_MAX: u32 = 2;

/// Memory that stays with a free slot and is cleared by hand instead of given back to the kernel:
/// small, since what one tenant wrote is better gone.
const KEEP_RESIDENT_BYTES: usize = 64 << 10;

/// Free slots that remember whose image they hold.
const WARM_SLOTS_MAX: u32 = 32;

/// Features that are off: what today's toolchains for policies do not need only gives a hostile
/// component more to try. To be looked at again when a toolchain for JavaScript or Python needs one
/// of them. The support for garbage collection is not even compiled in.
const OFF: WasmFeatures = WasmFeatures::THREADS
    .union(WasmFeatures::MEMORY64)
    .union(WasmFeatures::MULTI_MEMORY)
    .union(WasmFeatures::TAIL_CALL)
    .union(WasmFeatures::RELAXED_SIMD)
    .union(WasmFeatures::GC)
    .union(WasmFeatures::FUNCTION_REFERENCES)
    .union(WasmFeatures::EXCEPTIONS)
    .union(WasmFeatures::STACK_SWITCHING);

/// Everything but the allocator.
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

/// The pool: an instance costs microseconds and its slot is reused. It reserves terabytes of
/// address space, which a container or `ulimit -v` may refuse.
pub(crate) fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(POOL_INSTANCES_MAX)
        .total_core_instances(POOL_CORE_INSTANCES_MAX)
        .total_memories(POOL_MEMORIES_MAX)
        .total_tables(POOL_TABLES_MAX)
        .max_core_instances_per_component(CORE_INSTANCES_MAX)
        .max_memories_per_component(MEMORIES_MAX)
        .max_tables_per_component(TABLES_MAX)
        .max_memories_per_module(1)
        .max_tables_per_module(TABLES_PER_MODULE_MAX)
        .table_elements(TABLE_ELEMENTS_MAX)
        .max_memory_size(MEMORY_BYTES_MAX)
        .linear_memory_keep_resident(KEEP_RESIDENT_BYTES)
        .table_keep_resident(KEEP_RESIDENT_BYTES)
        .max_unused_warm_slots(WARM_SLOTS_MAX);
    pool
}
