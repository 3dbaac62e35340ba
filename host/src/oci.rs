//! Components in OCI registries: pulled and pushed as the OCI distribution specification has it (version
//! 1.1), in the layout of the CNCF's Wasm artifacts.
//!
//! Everything that a registry sends is taken for hostile: bounded, and held to its digest.

mod artifact;
mod challenge;
mod credentials;
mod digest;
mod manifest;
mod reference;
mod registry;
mod site;
mod tls;

pub use artifact::{pull, push};
pub use reference::{Reference, ReferenceError, SCHEME};
