//! What a component may be to a hub.

use std::sync::Arc;

use crate::component::{Checked, compiled, digest};
use crate::exports::Exports;
use crate::{Compiler, Engine, Face, FilterComponent, Limits, LoadError, PolicyComponent};

/// What a component shows, and what it may be to a hub. It is compiled once and tried as either kind, as
/// [`PolicyComponent::load`] and [`FilterComponent::load`] do.
pub struct Inspection {
    /// What it shows.
    pub face: Face,
    /// SHA-256 of its bytes, in hexadecimal.
    pub digest: String,
    /// It as a policy, or why it is none.
    pub policy: Result<PolicyComponent, LoadError>,
    /// It as a filter, or why it is none.
    pub filter: Result<FilterComponent, LoadError>,
}

impl Inspection {
    /// Looks at `bytes`, with the code from `compiler`.
    ///
    /// # Errors
    /// Where it is nothing that a hub could run, whatever it exports.
    pub fn of(
        engine: &Engine,
        compiler: &dyn Compiler,
        bytes: &[u8],
        limits: &Limits,
    ) -> Result<Self, LoadError> {
        let component = compiled(engine, compiler, bytes, limits)?;
        let digest = digest(bytes);
        Ok(Self {
            face: Face::of(engine.wasm(), &component),
            policy: checked(engine, &component, &digest, limits).map(PolicyComponent::of),
            filter: checked(engine, &component, &digest, limits).map(FilterComponent::of),
            digest,
        })
    }

    /// Why a hub would refuse it, if it would: something is wrong with it as what it is. What exports
    /// nothing of the contract is taken for a policy.
    #[must_use]
    pub fn refusal(&self) -> Option<&LoadError> {
        let errors = [self.policy.as_ref().err(), self.filter.as_ref().err()];
        let mut errors = errors.into_iter().flatten();
        errors.find(|error| !matches!(error, LoadError::OtherKind { .. }))
    }
}

fn checked<X: Exports>(
    engine: &Engine,
    component: &wasmtime::component::Component,
    digest: &str,
    limits: &Limits,
) -> Result<Arc<Checked<X>>, LoadError> {
    Checked::of(engine, component, digest.to_owned(), limits).map(Arc::new)
}
