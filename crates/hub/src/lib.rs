//! The hub itself: tenants, shards, registry, mailboxes, replay and catch-up.
//!
//! Knows tokio, knows neither HTTP nor Wasm: whoever decides comes in as a
//! [`umbel_routing::Dispatcher`] or [`umbel_routing::Filter`], whoever connects as a [`Subscription`], and what goes out leaves
//! through a [`Stream`].

mod clock;
mod command;
mod config;
mod drain;
mod hub;
mod link;
mod metrics;
mod outlet;
mod publication;
mod rooms;
mod shadow;
mod shard;
mod spread;
mod station;
mod stations;
mod stream;
mod subscription;
mod tenant;
mod wheel;

pub use command::SubscriberInfo;
pub use config::{
    ComponentsConfig, HubConfig, LimitsConfig, MailboxConfig, OnFailure, StreamConfig, TenantConfig,
};
pub use hub::{AddError, DEFAULT_TENANT, Hub};
pub use outlet::{Outlet, Wire};
pub use publication::{Publication, TopicsTooLong, topics_bytes_max};
pub use shadow::{Shadow, ShadowExample, ShadowReport};
pub use shard::Shard;
pub use stream::Stream;
pub use subscription::{Framing, Opened, Refused, Resume, Subscription};
pub use tenant::{About, Change, DeployError, Deployed, FilterVersion, PolicyVersion};
pub use tenant::{MakeTap, PublishError, TapError, Tenant, TenantSpec};
pub use wheel::TURN;
