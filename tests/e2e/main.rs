//! The hub as its users meet it: the real binary, real sockets, real input.
//!
//! Every test starts a hub of its own on the loopback and ends it by its process id. Nothing here knows
//! the inside of the hub.

mod addressing;
mod answers;
mod bad_input;
mod benchmark;
mod catching_up;
mod churn;
mod command_line;
mod deploying;
mod endings;
mod example_policies;
mod gone;
mod headers;
mod hostile;
mod http_versions;
mod oci;
mod oci_registry;
mod operating;
mod original;
mod pipelining;
mod policy_check;
mod policy_new;
mod policy_test;
mod quakes;
mod quakes_filter;
mod recording;
mod reload;
mod rig;
mod short_writes;
mod silence;
mod swapping;
mod tokens;
