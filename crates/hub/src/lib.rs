//! The hub itself: tenants, shards, registry, mailboxes, replay and catch-up.
//!
//! Knows tokio, knows neither HTTP nor Wasm: whoever decides comes in as a
//! [`umbel_routing::Dispatcher`], whoever connects as a [`Subscription`], and what goes out leaves
//! through a [`Stream`].

mod clock;
mod config;
mod hub;
mod link;
mod metrics;
mod outlet;
mod shard;
mod spread;
mod station;
mod stream;
mod subscription;
mod tenant;

pub use config::{HubConfig, LimitsConfig, MailboxConfig, StreamConfig};
pub use hub::{DEFAULT_TENANT, Hub};
pub use outlet::{Outlet, Wire};
pub use shard::Shard;
pub use stream::Stream;
pub use subscription::{Framing, Opened, Refused, Resume, Subscription};
pub use tenant::{PublishError, Tenant};
