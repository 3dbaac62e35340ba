//! The hub as its users meet it: the real binary, real sockets, real input.
//!
//! Every test starts a hub of its own on the loopback and ends it by its process id. Nothing here knows
//! the inside of the hub.

mod addressing;
mod bad_input;
mod benchmark;
mod catching_up;
mod churn;
mod command_line;
mod deploying;
mod endings;
mod gone;
mod headers;
mod http_versions;
mod operating;
mod original;
mod quakes;
mod reload;
mod rig;
mod silence;
mod swapping;
mod tokens;
