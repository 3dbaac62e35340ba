//! A policy that was checked and compiled.

use std::sync::Arc;

use crate::component::Checked;
use crate::exports::PolicyExports;
use crate::{Engine, Limits, LoadError};

/// A policy that was checked against the contract and compiled: it can be instantiated any number
/// of times. Cheap to clone.
#[derive(Clone)]
pub struct PolicyComponent(Arc<Checked<PolicyExports>>);

impl PolicyComponent {
    /// Checks and compiles `bytes`, and instantiates it once to see that it starts and that its
    /// types are those of the contract. Compiling takes tens of milliseconds, seconds for a
    /// JavaScript or Python policy: not on a thread that serves streams.
    ///
    /// # Errors
    /// What is wrong with it, in words for its author.
    pub fn load(engine: &Engine, bytes: &[u8], limits: &Limits) -> Result<Self, LoadError> {
        Ok(Self(Arc::new(Checked::load(engine, bytes, limits)?)))
    }

    /// SHA-256 of its bytes, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.0.digest()
    }

    pub(crate) fn checked(&self) -> &Checked<PolicyExports> {
        &self.0
    }
}
