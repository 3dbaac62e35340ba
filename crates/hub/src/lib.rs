//! The hub itself: tenants, shards, registry, mailboxes, replay and catch-up.
//!
//! Knows tokio, knows neither HTTP nor Wasm: whoever decides comes in as a
//! [`umbel_routing::Dispatcher`], whoever connects as a [`Subscription`], and what goes out leaves
//! through a [`Stream`].

mod config;
mod hub;
mod outlet;
mod shard;
mod stream;
mod subscription;
mod tenant;

pub use config::{HubConfig, LimitsConfig, MailboxConfig, StreamConfig};
pub use hub::Hub;
pub use outlet::Outlet;
pub use shard::Shard;
pub use stream::Stream;
pub use subscription::{Opened, Refused, Resume, Subscription};
pub use tenant::{PublishError, Tenant};
