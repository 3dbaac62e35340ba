//! The pool that instances get their memory from, and how large it may be.

use std::fs;

use wasmtime::PoolingAllocationConfig;

use crate::limits::TABLE_ELEMENTS_MAX;
use crate::limits::{CORE_INSTANCES_MAX, MEMORIES_MAX, MEMORY_BYTES_MAX, TABLES_MAX};

/// Instances that may live at once, each with one memory: tenants times shards times components, and as
/// many again while they are swapped. The largest pool that the machine has room for is taken: each memory
/// reserves 4 GiB and its guard of address space, so that the first is 65 TiB of the 128 that a process
/// has.
const SIZES: [u32; 4] = [16_384, 12_000, 4_096, INSTANCES_MIN];

/// Instances that may live at once on the smallest machine.
pub(crate) const INSTANCES_MIN: u32 = 1_024;

/// Mappings of one memory: what is before its image, the image, what is after it, and what it could grow
/// into. Where a process has as many mappings as it may, not only the next instance fails but whatever
/// asks for memory next, so the pool leaves a quarter of them to the others.
const MAPPINGS_PER_MEMORY: u32 = 4;
const MAPPINGS_SHARE: (u32, u32) = (3, 4);

/// Mappings that a process may have where nobody has set another number.
const MAPPINGS_DEFAULT: u32 = 65_530;

/// Core instances, which are just counted, and tables, which are reserved, for each instance in the pool. A
/// policy in Rust has 3 core instances (the module and its adapters), one in Python about 40.
const CORE_INSTANCES_PER_INSTANCE: u32 = 16;
const TABLES_PER_INSTANCE: u32 = 2;

/// Tables of one core module: the function table and a spare one.
const TABLES_PER_MODULE_MAX: u32 = 2;

/// Memory that stays with a free slot and is cleared by hand instead of given back to the kernel: none. What
/// one tenant wrote is better gone, and idle tenants are to take nothing up. More would be worse than it looks:
/// a slot is cleared from its beginning, where a component in Rust has its unused stack, so that clearing
/// makes pages resident that no instance has touched.
const KEEP_RESIDENT_BYTES: usize = 0;

/// Free slots that remember whose image they hold.
const WARM_SLOTS_MAX: u32 = 32;

/// Instances that a pool may have, the largest first, where a process may have so many mappings.
pub(crate) fn sizes(mappings_max: u32) -> impl Iterator<Item = u32> {
    let (part, whole) = MAPPINGS_SHARE;
    let room = mappings_max / whole * part / MAPPINGS_PER_MEMORY;
    SIZES.into_iter().filter(move |size| *size <= room)
}

/// Mappings that this process may have.
pub(crate) fn mappings_max() -> u32 {
    fs::read_to_string("/proc/sys/vm/max_map_count")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(MAPPINGS_DEFAULT)
}

/// A pool of `instances`: one costs microseconds and its slot is reused. It reserves terabytes of address
/// space, which a container or `ulimit -v` may refuse.
pub(crate) fn pool(instances: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances * CORE_INSTANCES_PER_INSTANCE)
        .total_memories(instances)
        .total_tables(instances * TABLES_PER_INSTANCE)
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

#[cfg(test)]
mod tests {
    use super::{MAPPINGS_DEFAULT, sizes};

    #[test]
    fn the_pool_leaves_mappings_to_whatever_else_needs_memory() {
        let largest = |mappings| sizes(mappings).next();
        assert_eq!(largest(MAPPINGS_DEFAULT), Some(12_000));
        assert_eq!(largest(262_144), Some(16_384));
        assert_eq!(largest(65_530 / 2), Some(4_096));
        assert_eq!(largest(4_096), None);
    }
}
