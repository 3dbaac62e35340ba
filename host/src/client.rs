//! Speaks to a hub, as its clients do (`umbel publish`, `umbel tail`) and as its operators do (`umbel policy`).

mod admin_client;
mod admin_url;
mod backoff;
mod connection;
mod fields;
mod hub_url;
mod lines;
mod publication;
mod publisher;
mod refusal;
mod tail;
mod template;

#[cfg(test)]
mod tests;

pub use admin_client::{AdminClient, Body};
pub use admin_url::AdminUrl;
pub use connection::{Connection, SendError, connect};
pub use fields::{FieldError, Fields};
pub use hub_url::HubUrl;
pub use lines::Lines;
pub use publication::Publication;
pub use publisher::Publisher;
pub use refusal::Refusal;
pub use tail::{Step, Tail, TailRequest};
pub use template::Template;
