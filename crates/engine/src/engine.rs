//! The pool and the clock of one process.

use std::sync::Arc;

use crate::code_hash::code_hash;
use crate::places::{Place, Places, PoolUsage};
use crate::ticker::Ticker;
use crate::{config, pool};

/// Holds the instances of components: one for the whole process, cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    wasm: wasmtime::Engine,
    ticker: Ticker,
    allocation: Allocation,
    places: Places,
}

/// Where instances get their memory from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// A pool that was reserved at the start.
    Pooled,
    /// The operating system, each time: slower to build and to drop, otherwise the same.
    OnDemand {
        /// Why no pool could be had.
        reason: String,
    },
}

/// The engine could not be built.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime refused its configuration, or the machine is not supported.
    #[error("the Wasm engine cannot start: {0}")]
    Wasm(String),
    /// The thread that measures deadlines could not be started.
    #[error("the deadline thread cannot start: {0}")]
    Thread(#[from] std::io::Error),
}

impl Engine {
    /// An engine with the largest pool that the machine has room for, or without one where it has room
    /// for none. What is less than the largest is logged.
    ///
    /// # Errors
    /// Where none can be had.
    pub fn new() -> Result<Self, EngineError> {
        Self::with_pools(|config, _| wasmtime::Engine::new(config))
    }

    /// As [`Engine::new`], with the attempt to get a pool of so many instances passed in, so that its
    /// failure can be tested.
    pub(crate) fn with_pools(
        mut attempt: impl FnMut(&wasmtime::Config, u32) -> wasmtime::Result<wasmtime::Engine>,
    ) -> Result<Self, EngineError> {
        let mut reason = String::from("this machine allows too few mappings");
        for instances in pool::sizes(pool::mappings_max()) {
            let mut pooled = config::base();
            pooled.allocation_strategy(pool::pool(instances));
            match attempt(&pooled, instances) {
                Ok(wasm) => return Self::start(wasm, Allocation::Pooled, instances),
                Err(error) => {
                    reason = format!("{error:#}");
                    tracing::warn!(
                        instances,
                        reason,
                        "no room for an instance pool of this size"
                    );
                }
            }
        }
        tracing::warn!("no room for an instance pool, allocating on demand");
        let wasm = wasmtime::Engine::new(&config::base())
            .map_err(|e| EngineError::Wasm(format!("{e:#}")))?;
        Self::start(wasm, Allocation::OnDemand { reason }, pool::INSTANCES_MIN)
    }

    fn start(
        wasm: wasmtime::Engine,
        allocation: Allocation,
        instances_max: u32,
    ) -> Result<Self, EngineError> {
        let ticker = Ticker::start(wasm.weak())?;
        Ok(Self(Arc::new(Inner {
            wasm,
            ticker,
            allocation,
            places: Places::new(instances_max),
        })))
    }

    /// Where instances get their memory from.
    #[must_use]
    pub fn allocation(&self) -> &Allocation {
        &self.0.allocation
    }

    /// How many instances live, and how many may.
    #[must_use]
    pub fn pool_usage(&self) -> PoolUsage {
        self.0.places.usage()
    }

    /// Room for one more instance, as long as the result lives.
    pub(crate) fn place(&self) -> Result<Place, PoolUsage> {
        self.0.places.take()
    }

    /// Code of engines with the same one can be exchanged.
    pub(crate) fn code_hash(&self) -> [u8; 32] {
        code_hash(self.wasm())
    }

    pub(crate) fn wasm(&self) -> &wasmtime::Engine {
        &self.0.wasm
    }

    pub(crate) fn ticker(&self) -> &Ticker {
        &self.0.ticker
    }
}

#[cfg(test)]
mod tests;
