//! What a verified token allows.

use std::sync::Arc;

use umbel_selector::Selector;

/// What a verified token allows, for the role that it was verified for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Topics that it may publish to, or receive private events of. None: nothing.
    pub selectors: Vec<Selector>,
    /// Unix time in milliseconds at which it ends; a stream ends no later (protocol item 59).
    pub expires_ms: Option<u64>,
    /// All claims, as JSON text.
    pub claims: Arc<str>,
}
