//! What an operator asks for, and what comes of it.

use bytes::Bytes;
use umbel_engine::ComponentKind;
use umbel_hub::Deployed;

use crate::config::TenantName;

/// A component that somebody sent, and what it is to be configured with.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) component: Bytes,
    pub(crate) config: String,
    /// Where it came from, as whoever sent it says.
    pub(crate) origin: Option<String>,
}

/// What is to decide.
pub(crate) enum Wanted {
    /// This component.
    Upload(Upload),
    /// What the configuration names.
    Configured,
    /// What decided before.
    Previous,
}

/// What an operator asks for.
pub(crate) struct Order {
    /// For whom.
    pub(crate) tenant: TenantName,
    /// Which part of what decides.
    pub(crate) kind: ComponentKind,
    pub(crate) wanted: Wanted,
    /// Whether subscribers whom the policy refuses are ended.
    pub(crate) allow_refusals: bool,
    /// Who asks.
    pub(crate) by: String,
}

/// A change was made.
#[derive(Debug)]
pub(crate) struct Done {
    /// SHA-256 of what decides now; empty where it has none.
    pub(crate) digest: String,
    /// The same of what decided before.
    pub(crate) previous: String,
    pub(crate) deployed: Deployed,
    /// Whether a restart brings it back.
    pub(crate) survives_restart: bool,
}
