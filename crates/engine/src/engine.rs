//! The compiler and the pool of one process.

use std::sync::Arc;

use crate::code_hash::code_hash;
use crate::config;
use crate::ticker::Ticker;

/// Compiles components and holds their instances: one for the whole process, cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    wasm: wasmtime::Engine,
    ticker: Ticker,
    allocation: Allocation,
}

/// Where instances get their memory from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// A pool that was reserved at the start.
    Pooled,
    /// The operating system, each time: slower to build and to drop, otherwise the same.
    OnDemand {
        /// Why the pool could not be had.
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
    /// An engine with a pool, or without one where the machine has no room for it, which is logged.
    ///
    /// # Errors
    /// Where neither can be had.
    pub fn new() -> Result<Self, EngineError> {
        Self::with_pool(wasmtime::Engine::new)
    }

    /// As [`Engine::new`], with the attempt to get a pool passed in, so that its failure can be
    /// tested.
    pub(crate) fn with_pool(
        attempt: impl FnOnce(&wasmtime::Config) -> wasmtime::Result<wasmtime::Engine>,
    ) -> Result<Self, EngineError> {
        let mut pooled = config::base();
        pooled.allocation_strategy(config::pool());
        match attempt(&pooled) {
            Ok(wasm) => Self::start(wasm, Allocation::Pooled),
            Err(error) => {
                let reason = format!("{error:#}");
                tracing::warn!(
                    reason,
                    "no room for the instance pool, allocating on demand"
                );
                let wasm = wasmtime::Engine::new(&config::base())
                    .map_err(|e| EngineError::Wasm(format!("{e:#}")))?;
                Self::start(wasm, Allocation::OnDemand { reason })
            }
        }
    }

    fn start(wasm: wasmtime::Engine, allocation: Allocation) -> Result<Self, EngineError> {
        let ticker = Ticker::start(wasm.weak())?;
        Ok(Self(Arc::new(Inner {
            wasm,
            ticker,
            allocation,
        })))
    }

    /// Where instances get their memory from.
    #[must_use]
    pub fn allocation(&self) -> &Allocation {
        &self.0.allocation
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
