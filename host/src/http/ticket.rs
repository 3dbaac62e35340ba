//! What the filters hand to the shard.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use umbel_hub::{Publication, Resume, Tenant};
use umbel_selector::Selector;

use super::AddressQuota;

/// A request that was parsed and authorised, to be carried out by the shard that holds its
/// connection: filters must be `Send`, and what a shard holds is not.
#[derive(Clone)]
pub(crate) enum Ticket {
    /// Log an event and answer its id.
    Publish(PublishTicket),
    /// Open a stream.
    Subscribe(SubscribeTicket),
}

/// A verified event.
#[derive(Clone)]
pub(crate) struct PublishTicket {
    /// Where it belongs.
    pub(crate) tenant: Arc<Tenant>,
    /// What is to be logged.
    pub(crate) publication: Publication,
}

/// A verified request for a stream, without what only its connection knows.
#[derive(Clone)]
pub(crate) struct SubscribeTicket {
    /// Whose events it is for.
    pub(crate) tenant: Arc<Tenant>,
    /// What it asked for; at least one.
    pub(crate) selectors: Arc<[Selector]>,
    /// What its token lets it receive of private events.
    pub(crate) grants: Arc<[Selector]>,
    /// The claims of its token as JSON text; empty for an anonymous one.
    pub(crate) claims: Arc<str>,
    /// What the operator passes on to the policy.
    pub(crate) attributes: Arc<[(String, String)]>,
    /// Where it wants to begin.
    pub(crate) resume: Resume,
    /// Unix time in milliseconds at which its token expires.
    pub(crate) expires_ms: Option<u64>,
    /// How long it may take nothing of what is written to it.
    pub(crate) write_timeout: Duration,
    /// Whose subscriber it would be; none where the client is not known.
    pub(crate) quota: Option<AddressQuota>,
}

/// Who is at the other end; an extension of every request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);
