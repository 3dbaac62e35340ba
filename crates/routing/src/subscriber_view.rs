//! What a policy sees of one subscriber.

use umbel_selector::Selector;

use crate::Client;

/// Who is at the other end of a connection, as far as the host could verify it. A policy gets `claims`
/// and `attributes` only where its [`crate::Profile`] asks for them.
#[derive(Clone, Copy, Debug)]
pub struct SubscriberView<'a> {
    /// The handle that it will be known by.
    pub client: Client,
    /// What it asked for; at least one.
    pub selectors: &'a [Selector],
    /// What its verified token lets it receive of private events.
    pub grants: &'a [Selector],
    /// The claims of its verified token as JSON text; empty for an anonymous one.
    pub claims: &'a str,
    /// Request headers and connection facts that the operator passes on, as name and value.
    pub attributes: &'a [(String, String)],
    /// Unix time in milliseconds at which it connected.
    pub joined_ms: u64,
}
