//! The hub through its face, with the native policy, in memory, in time that the tests move.

mod clients_that_go;
#[path = "../../../../tests/e2e/rig/dechunk.rs"]
mod dechunk;
mod fakes;
mod feeding;
mod filters;
mod full_mailboxes;
mod log_gauges;
mod privacy;
mod publishers;
mod rig;
mod shadow;
mod swap;
mod tapping;
mod tenants;
mod time;
mod untrusted_policies;
mod writing;
