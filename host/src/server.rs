//! The process around the hub: listeners, threads, connections, and their end.
//!
//! One control thread accepts and administers; one thread per shard does nothing but serve its
//! connections. A connection lives on one shard from its first byte to its last. There are no timers
//! of single connections, beside the one that hyper needs for the pings of HTTP/2: one tick per shard
//! looks at those that have a deadline.

mod acceptor;
mod activity;
mod clock;
mod components;
mod connection;
mod connections;
mod crew;
mod deploying;
mod deployments;
mod gathering;
mod lent;
mod limits;
mod listener;
mod local_executor;
mod nofile;
mod outgoing;
mod protocol;
mod redeploying;
mod reload;
mod running;
mod seat;
mod serve_connection;
mod service;
mod signals;
mod socket;
mod socket_path;
mod tcp;
mod tenancy;
mod tenant_spec;
mod turns;
mod worker;

#[cfg(test)]
mod tests;

pub(crate) use components::{COMPILE_COMMAND, ComponentError, Components};
pub(crate) use connection::Connection;
pub(crate) use connections::Connections;
pub(crate) use deploying::{ChangeError, Done, Order, Upload, Wanted};
pub(crate) use deployments::{Choice, Deployment, Record, Slot};
pub(crate) use limits::ConnectionLimits;
pub(crate) use nofile::raise_nofile;
pub(crate) use reload::Reload;
pub(crate) use running::Server;
pub(crate) use signals::Signals;
pub(crate) use tenancy::Tenancy;
