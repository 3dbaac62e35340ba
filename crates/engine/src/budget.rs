//! Memory and tables of one instance, counted as a whole.

use wasmtime::ResourceLimiter;

use crate::failure::of_machine;
use crate::limits::{CORE_INSTANCES_MAX, MEMORIES_MAX, TABLE_ELEMENTS_MAX, TABLES_MAX};

/// The sum over all memories and tables of a store. wasmtime's own limits hold for each memory
/// alone, so that a component with eight memories would have eight times what the operator allowed.
pub(crate) struct Budget {
    memory_bytes: usize,
    memory_bytes_max: usize,
    table_elements: usize,
}

/// The component wanted more than its budget. An error instead of the -1 that the specification
/// would answer, since a guest whose allocator sees -1 ends in an `unreachable` that says nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BudgetExceeded {
    #[error("all memories together would have {wanted} bytes, the limit is {max}")]
    Memory { wanted: usize, max: usize },
    #[error("all tables together would have {wanted} elements, the limit is {max}")]
    Tables { wanted: usize, max: usize },
    #[error("growing failed: {0}")]
    Failed(String),
}

impl Budget {
    pub(crate) const fn new(memory_bytes_max: usize) -> Self {
        Self {
            memory_bytes: 0,
            memory_bytes_max,
            table_elements: 0,
        }
    }

    /// Bytes of all linear memories now.
    pub(crate) const fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }
}

impl ResourceLimiter for Budget {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let wanted = (self.memory_bytes - current).saturating_add(desired);
        if wanted > self.memory_bytes_max {
            return Err(BudgetExceeded::Memory {
                wanted,
                max: self.memory_bytes_max,
            }
            .into());
        }
        self.memory_bytes = wanted;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(failed(error))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let wanted = (self.table_elements - current).saturating_add(desired);
        if wanted > TABLE_ELEMENTS_MAX {
            return Err(BudgetExceeded::Tables {
                wanted,
                max: TABLE_ELEMENTS_MAX,
            }
            .into());
        }
        self.table_elements = wanted;
        Ok(true)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        Err(failed(error))
    }

    fn instances(&self) -> usize {
        CORE_INSTANCES_MAX as usize
    }

    fn tables(&self) -> usize {
        TABLES_MAX as usize
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX as usize
    }
}

/// Growing failed though the budget would have allowed it: the pool has smaller limits, or the machine has
/// no more.
fn failed(error: wasmtime::Error) -> wasmtime::Error {
    if of_machine(&error).is_some() {
        return error;
    }
    BudgetExceeded::Failed(format!("{error:#}")).into()
}

#[cfg(test)]
mod tests {
    use wasmtime::ResourceLimiter;

    use super::Budget;

    #[test]
    fn two_memories_share_one_budget() {
        let mut budget = Budget::new(100);
        assert!(budget.memory_growing(0, 60, None).unwrap());
        assert!(budget.memory_growing(0, 50, None).is_err());
        assert!(budget.memory_growing(0, 40, None).unwrap());
        assert!(budget.memory_growing(40, 41, None).is_err());
        assert_eq!(budget.memory_bytes(), 100);
    }
}
