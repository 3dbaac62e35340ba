//! Write policies for Umbel: implement [`Policy`], name it in [`export_policy!`], build a `cdylib` for
//! `wasm32-unknown-unknown`.
//!
//! ```
//! use umbel_guest::{Admission, Client, Event, Mailbox, Policy, Profile, Settings, Subscriber};
//!
//! /// Everything to everybody.
//! #[derive(Default)]
//! struct Broadcast {
//!     present: Vec<Client>,
//! }
//!
//! impl Policy for Broadcast {
//!     fn configure(_: Settings) -> Result<(Self, Profile), String> {
//!         Ok((Self::default(), Profile::new("broadcast", "1.0.0")))
//!     }
//!
//!     fn join(&mut self, subscribers: Vec<Subscriber>) -> Vec<Admission> {
//!         self.present.extend(subscribers.iter().map(|s| s.client));
//!         subscribers.iter().map(|_| Ok(Mailbox::default())).collect()
//!     }
//!
//!     fn leave(&mut self, clients: &[Client]) {
//!         self.present.retain(|c| !clients.contains(c));
//!     }
//!
//!     fn route(&mut self, events: &[Event]) -> Vec<Vec<Client>> {
//!         events.iter().map(|_| self.present.clone()).collect()
//!     }
//! }
//!
//! umbel_guest::export_policy!(Broadcast);
//! # fn main() {}
//! ```
//!
//! A policy has no imports: its only inputs are its calls. A panic is a trap, and after it the host builds
//! a new instance and joins the present subscribers again.

#[doc(hidden)]
pub mod bindings;
mod defaults;
mod export;
mod policy;

pub use bindings::exports::umbel::hub::fan_out::{Mailbox, Refusal, Verdict, WhenFull};
pub use bindings::exports::umbel::hub::queue_policy::FullMailbox;
pub use bindings::umbel::hub::types::{
    Client, Event, Offset, Profile, Selector, Settings, Subscriber,
};
#[doc(hidden)]
pub use export::{Exported, Stateful};
pub use policy::{Admission, Policy};
