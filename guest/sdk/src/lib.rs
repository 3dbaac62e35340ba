//! Write policies and filters for Umbel: implement a trait, name the type in an export macro, build a
//! `cdylib` for `wasm32-unknown-unknown`, wrap it as a component.
//!
//! | to decide | implement | export with |
//! |---|---|---|
//! | who gets what, and the rest as by default | [`Routing`] | [`export_routing!`] |
//! | all that a policy is asked, call by call | [`Policy`] | [`export_policy!`] |
//! | what may be published | [`PublishFilter`] | [`export_publish_filter!`] |
//! | what each subscriber sees | [`ViewFilter`] | [`export_view_filter!`] |
//! | the last two at once | both | [`export_filter!`] |
//!
//! # A policy
//! ```
//! use umbel_guest::{Client, Event, Members, Routing};
//!
//! /// Drafts to nobody, everything else to those who asked for it.
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
//! umbel_guest::export_routing!(NoDrafts);
//! # fn main() {}
//! ```
//!
//! [`testing`] tests it without any Wasm. In `examples` are `latest-price` (its own mailboxes), `priority-by-kind`
//! (its own verdicts, configured), `replay-limits` (claims) and `glob-matcher` (its own matching language).
//!
//! # A policy, call by call
//! ```
//! use umbel_guest::{Admission, Client, Event, Mailbox, Policy, Profile, Settings, Subscriber};
//!
//! /// Each event to one of those present, in turns.
//! #[derive(Default)]
//! struct InTurns {
//!     present: Vec<Client>,
//!     turn: usize,
//! }
//!
//! impl Policy for InTurns {
//!     fn configure(_: Settings) -> Result<(Self, Profile), String> {
//!         Ok((Self::default(), Profile::new("in-turns", "1.0.0")))
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
//!         let turns = events.iter().map(|_| {
//!             self.turn += 1;
//!             self.turn.checked_rem(self.present.len())
//!         });
//!         turns.map(|turn| turn.map(|i| self.present[i]).into_iter().collect()).collect()
//!     }
//!
//!     /// A turn that is over does not come again.
//!     fn select(&mut self, clients: &[Client], _: &[Event]) -> Vec<Vec<u32>> {
//!         vec![vec![]; clients.len()]
//!     }
//! }
//!
//! umbel_guest::export_policy!(InTurns);
//! # fn main() {}
//! ```
//!
//! A layer is a policy that asks another one: written over any `P: Policy`, exported with `Plugged` for `P` (feature
//! `layer`), and composed with the component that it stands in front of. `examples/muted` is one.
//!
//! # A filter
//! ```
//! use umbel_guest::{Client, Decision, Event, Profile, Publication, PublishFilter, Settings};
//! use umbel_guest::{Subscriber, View, ViewFilter};
//!
//! /// Nothing longer than what the operator says.
//! struct Short {
//!     bytes_max: u32,
//! }
//!
//! impl PublishFilter for Short {
//!     fn configure(settings: Settings) -> Result<(Self, Profile), String> {
//!         let bytes_max = settings.config.parse().map_err(|_| "config: a number of bytes")?;
//!         Ok((Self { bytes_max }, Profile::new("short", "1.0.0")))
//!     }
//!
//!     fn decide(&mut self, publication: &Publication) -> Decision {
//!         match publication.event.size <= self.bytes_max {
//!             true => Decision::Pass,
//!             false => Decision::Refuse(format!("more than {} bytes", self.bytes_max)),
//!         }
//!     }
//! }
//!
//! /// Those without a token learn that something has happened, not what.
//! #[derive(Default)]
//! struct Curtain {
//!     anonymous: Vec<Client>,
//! }
//!
//! impl ViewFilter for Curtain {
//!     fn configure(_: Settings) -> Result<(Self, Profile), String> {
//!         Ok((Self::default(), Profile::new("curtain", "1.0.0").wanting("claims")))
//!     }
//!
//!     fn join(&mut self, subscribers: Vec<Subscriber>) {
//!         let anonymous = subscribers.iter().filter(|s| s.claims.is_empty());
//!         self.anonymous.extend(anonymous.map(|s| s.client));
//!     }
//!
//!     fn leave(&mut self, clients: &[Client]) {
//!         self.anonymous.retain(|c| !clients.contains(c));
//!     }
//!
//!     fn view(&mut self, _: &Event, audience: &[Client]) -> Vec<View> {
//!         let (anonymous, known) = audience.iter().partition(|c| self.anonymous.contains(c));
//!         vec![View::as_published(known), View::rewritten(anonymous, b"something".into())]
//!     }
//! }
//!
//! umbel_guest::export_filter!(Short, Curtain);
//! # fn main() {}
//! ```
//!
//! `examples/quakes-filter` is a whole one.
//!
//! # What all of them have in common
//! A component has no imports: its only inputs are its calls. A panic is a trap, and after it the host builds
//! a new instance and joins the present subscribers again. Topics, payloads, claims and attributes are chosen
//! by strangers.

#[cfg(feature = "layer")]
mod behind_bindings;
#[doc(hidden)]
pub mod bindings;
#[cfg(feature = "claims")]
mod claims;
#[cfg(feature = "config")]
mod config;
mod defaults;
mod export;
mod export_filter;
mod export_routing;
mod filter;
mod members;
#[cfg(feature = "layer")]
mod plugged;
mod policy;
#[doc(hidden)]
pub mod publish_bindings;
mod routed;
mod routing;
mod stateful;
pub mod testing;
#[doc(hidden)]
pub mod view_bindings;

pub use bindings::exports::umbel::hub::fan_out::{Mailbox, Refusal, Verdict, WhenFull};
pub use bindings::exports::umbel::hub::queue_policy::FullMailbox;
pub use bindings::umbel::hub::types::{
    Client, Event, Offset, Profile, Selector, Settings, Subscriber,
};
#[cfg(feature = "claims")]
pub use claims::claims;
#[cfg(feature = "config")]
pub use config::config;
#[doc(hidden)]
pub use export::Exported;
#[doc(hidden)]
pub use export_filter::{ExportedPublish, ExportedViews};
#[doc(hidden)]
pub use export_routing::{ExportedRouting, Packaged};
pub use filter::{PublishFilter, ViewFilter};
pub use members::Members;
#[cfg(feature = "layer")]
pub use plugged::Plugged;
pub use policy::{Admission, Policy};
pub use publish_bindings::exports::umbel::hub::admission::{Decision, Publication, Replacement};
#[doc(hidden)]
pub use routed::Routed;
pub use routing::Routing;
#[doc(hidden)]
pub use stateful::Stateful;
pub use view_bindings::exports::umbel::hub::views::View;

#[cfg(test)]
mod tests;
