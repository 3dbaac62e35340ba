//! A policy tested without any Wasm: records to build on, and an instance as the host would have it.
//!
//! ```
//! use umbel_guest::testing::{Instance, event, subscriber};
//! use umbel_guest::{Client, Event, Members, Routing};
//!
//! #[derive(Default)]
//! struct NoDrafts;
//!
//! impl Routing for NoDrafts {
//!     fn route(&mut self, event: &Event, members: &Members) -> Vec<Client> {
//!         match event.kind.as_deref() {
//!             Some("draft") => vec![],
//!             _ => members.asking_for(event),
//!         }
//!     }
//! }
//!
//! let mut policy = Instance::<NoDrafts>::new("");
//! policy.join(subscriber(0).asking("news")).unwrap();
//! assert_eq!(policy.route(&event("news")), [0]);
//! assert!(policy.route(&event("news").of_kind("draft")).is_empty());
//! ```

mod instance;
mod records;

pub use instance::Instance;
pub use records::{event, settings, subscriber};
