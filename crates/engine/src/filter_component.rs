//! A filter that was checked and compiled.

use std::sync::Arc;

use umbel_routing::FilterParts;

use crate::component::Checked;
use crate::exports::FilterExports;
use crate::{Compiler, Engine, InProcess, Limits, LoadError};

/// A filter that was checked against the contract and compiled: it can be instantiated any number
/// of times. Cheap to clone.
#[derive(Clone)]
pub struct FilterComponent(Arc<Checked<FilterExports>>);

impl FilterComponent {
    /// Checks and compiles `bytes`, and instantiates it once, as
    /// [`PolicyComponent::load`](crate::PolicyComponent::load) does. A filter exports `admission`,
    /// `views`, or both.
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

    /// Which interfaces it exports.
    #[must_use]
    pub fn parts(&self) -> FilterParts {
        self.0.exports().parts()
    }

    pub(crate) const fn of(checked: Arc<Checked<FilterExports>>) -> Self {
        Self(checked)
    }

    pub(crate) fn checked(&self) -> &Checked<FilterExports> {
        &self.0
    }
}
