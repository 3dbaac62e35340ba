//! The components that a tenant runs.

use std::sync::Arc;

use umbel_routing::{DispatcherFactory, FilterFactory, FilterParts};

/// What is known of a component, for whoever asks what runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// Where it came from: `builtin`, `native`, a file, `deployed`.
    pub source: String,
    /// SHA-256 of its bytes in hexadecimal; empty for rules without one.
    pub digest: String,
    /// What it calls itself.
    pub name: String,
    /// Its version, as it says.
    pub version: String,
}

/// A policy with its configuration. Cheap to clone.
#[derive(Clone)]
pub struct PolicyVersion {
    /// Makes its instances.
    pub factory: Arc<dyn DispatcherFactory>,
    /// What is known of it.
    pub about: Arc<About>,
}

/// A filter with its configuration. Cheap to clone.
#[derive(Clone)]
pub struct FilterVersion {
    /// Makes its instances.
    pub factory: Arc<dyn FilterFactory>,
    /// What is known of it.
    pub about: Arc<About>,
}

/// All that decides for a tenant.
#[derive(Clone)]
pub(crate) struct Setup {
    pub(crate) policy: PolicyVersion,
    pub(crate) filter: Option<FilterVersion>,
}

/// One part of what decides for a tenant, to be put in the place of the present one.
#[derive(Clone)]
pub enum Change {
    /// Another policy.
    Policy(PolicyVersion),
    /// Another filter, or none.
    Filter(Option<FilterVersion>),
}

impl Change {
    /// What the new filter has.
    pub(crate) fn parts(&self) -> FilterParts {
        match self {
            Self::Filter(Some(filter)) => filter.factory.parts(),
            Self::Filter(None) | Self::Policy(_) => FilterParts::default(),
        }
    }
}

impl PolicyVersion {
    /// A policy of which nothing is known but who makes it.
    pub fn of(factory: Arc<dyn DispatcherFactory>) -> Self {
        Self {
            factory,
            about: Arc::default(),
        }
    }
}

impl FilterVersion {
    /// A filter of which nothing is known but who makes it.
    pub fn of(factory: Arc<dyn FilterFactory>) -> Self {
        Self {
            factory,
            about: Arc::default(),
        }
    }
}

impl Setup {
    /// Whether publications are asked about before they are logged.
    pub(crate) fn has_admission(&self) -> bool {
        let filter = self.filter.as_ref();
        filter.is_some_and(|filter| filter.factory.parts().admission)
    }

    pub(crate) fn with(&self, change: &Change) -> Self {
        let mut setup = self.clone();
        match change {
            Change::Policy(policy) => setup.policy = policy.clone(),
            Change::Filter(filter) => setup.filter.clone_from(filter),
        }
        setup
    }
}
