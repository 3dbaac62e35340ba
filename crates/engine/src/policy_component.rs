//! A policy that was checked and compiled.

use std::sync::Arc;

use crate::component::Checked;
use crate::exports::PolicyExports;
use crate::{Compiler, Engine, InProcess, Limits, LoadError};

/// A policy that was checked against the contract and compiled: it can be instantiated any number
/// of times. Cheap to clone.
#[derive(Clone)]
pub struct PolicyComponent(Arc<Checked<PolicyExports>>);

impl PolicyComponent {
    /// Checks and compiles `bytes` in this process, and instantiates it once to see that it starts
    /// and that its types are those of the contract. Compiling takes tens of milliseconds, seconds
    /// for a JavaScript or Python policy, and as long as it likes for a hostile one: not on a thread
    /// that serves streams, and not for strangers.
    ///
    /// # Errors
    /// What is wrong with it, in words for its author.
    pub fn load(engine: &Engine, bytes: &[u8], limits: &Limits) -> Result<Self, LoadError> {
        Self::load_with(engine, &InProcess::new(engine), bytes, limits)
    }

    /// As [`Self::load`], with the code from `compiler`. What can be told without it is checked
    /// before.
    ///
    /// # Errors
    /// What is wrong with it, or with the compiler: [`LoadError::blame`] tells.
    pub fn load_with(
        engine: &Engine,
        compiler: &dyn Compiler,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Self, LoadError> {
        let checked = Checked::load(engine, compiler, bytes, limits)?;
        Ok(Self(Arc::new(checked)))
    }

    /// SHA-256 of its bytes, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        self.0.digest()
    }

    pub(crate) const fn of(checked: Arc<Checked<PolicyExports>>) -> Self {
        Self(checked)
    }

    pub(crate) fn checked(&self) -> &Checked<PolicyExports> {
        &self.0
    }
}
