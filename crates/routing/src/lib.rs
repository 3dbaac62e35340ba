//! The seam between the hub and whoever decides: the traits [`Dispatcher`] and [`Filter`], and [`Router`],
//! the default policy behind the first.
//!
//! The hub knows only the trait; the engine implements it for Wasm components, and the default
//! component is this same [`Router`] compiled to Wasm. Pure: no IO, clock, async or randomness; time and
//! seeds are arguments.

mod client;
#[cfg(feature = "conformance")]
pub mod conformance;
mod dispatcher;
mod event_view;
mod fault;
mod filter;
mod mailbox;
mod profile;
mod router;
mod subscriber_view;
mod tap;

pub use client::Client;
pub use dispatcher::{Admission, Dispatcher, DispatcherFactory, Settings};
pub use event_view::EventView;
pub use fault::{Blame, Export, Fault, FaultClass};
pub use filter::{
    Decision, Filter, FilterFactory, FilterParts, PublicationView, Replacement, VIEWS_MAX, View,
};
pub use mailbox::{FullMailbox, MailboxBounds, Refusal, Verdict, WhenFull};
pub use profile::{Profile, Wants};
pub use router::{Router, RouterFactory};
pub use subscriber_view::SubscriberView;
pub use tap::{Answered, Call, Tap};
