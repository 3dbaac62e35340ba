//! A policy component in an axum service of one's own: `umbel-engine` without the hub.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use umbel_embed_axum::{Desk, service};
//! use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
//! use umbel_routing::Settings;
//!
//! let (engine, limits) = (Engine::new()?, Limits::default());
//! let component = PolicyComponent::load(&engine, &std::fs::read("policy.wasm")?, &limits)?;
//! let desk = Desk::start(WasmFactory::new(component, Settings::default(), limits))?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! axum::serve(listener, service(desk)).await?;
//! # Ok(())
//! # }
//! ```
//!
//! One thread, the [`Desk`], has the policy and asks it; axum's threads carry bytes. A client's queue is bounded as the
//! policy says, held by its connection alone, and gone with it. What a policy cannot do here is look back: there is no
//! log.

mod desk;
mod mailbox;
mod member;
mod publication;
mod refused;
mod room;
mod seat;
mod service;
mod stream;
mod wanted;

pub use desk::{Desk, StartError};
pub use mailbox::Mailbox;
pub use publication::Publication;
pub use refused::Refused;
pub use service::service;
