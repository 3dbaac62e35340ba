//! What a component needs to start.

use wasmtime::component::Component;

use crate::limits::{MEMORIES_MAX, TABLE_ELEMENTS_MAX, TABLES_MAX};
use crate::{Limits, LoadError, Resource};

/// Bytes of a WebAssembly page.
pub(crate) const PAGE_BYTES: u64 = 64 << 10;

/// Whether it may have that much, so that a refusal says more than a failed allocation would.
pub(crate) fn check(component: &Component, limits: &Limits) -> Result<(), LoadError> {
    let Some(needs) = component.resources_required() else {
        return Err(LoadError::Imports(vec!["a core module".into()]));
    };
    let bytes = needs
        .max_initial_memory_size
        .unwrap_or(0)
        .saturating_mul(PAGE_BYTES);
    for (resource, needed, max) in [
        (
            Resource::Memories,
            u64::from(needs.num_memories),
            u64::from(MEMORIES_MAX),
        ),
        (Resource::MemoryBytes, bytes, limits.memory_bytes as u64),
        (
            Resource::Tables,
            u64::from(needs.num_tables),
            u64::from(TABLES_MAX),
        ),
        (
            Resource::TableElements,
            needs.max_initial_table_size.unwrap_or(0),
            TABLE_ELEMENTS_MAX as u64,
        ),
    ] {
        if needed > max {
            return Err(LoadError::TooMuch {
                resource,
                needed,
                max,
            });
        }
    }
    Ok(())
}
