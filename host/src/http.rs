//! The HTTP surface: what a request means, and what it is answered.
//!
//! The filters here are pure over the request: they parse, authenticate, and answer either with a
//! finished response or with a [`Ticket`] that the shard which holds the connection redeems. Nothing
//! here touches a socket or a stream.

mod addresses;
mod attributes;
mod bounds;
mod cors;
mod dev_page;
mod form;
mod health;
mod later;
mod publish;
mod request_error;
mod routes;
mod stamp;
mod stream_head;
mod subscribe;
mod surface;
mod surfaces;
mod target;
mod ticket;

#[cfg(test)]
mod tests;

pub(crate) use addresses::{AddressFull, AddressQuota, AddressSeat, Addresses};
pub(crate) use attributes::Attributes;
pub(crate) use bounds::Bounds;
pub(crate) use cors::Origins;
pub(crate) use health::{Health, health_routes};
pub(crate) use later::Later;
pub(crate) use publish::{drain, read_body};
pub(crate) use request_error::{RequestError, problem};
pub(crate) use routes::{Routes, asked, at, routes};
pub(crate) use stamp::unix_ms;
pub(crate) use stream_head::stream_head;
pub(crate) use surface::{Asked, Surface};
pub(crate) use surfaces::Surfaces;
pub(crate) use target::Target;
pub(crate) use ticket::{Peer, PublishTicket, SubscribeTicket, Ticket};
