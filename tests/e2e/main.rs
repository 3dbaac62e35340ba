//! The hub as its users meet it: the real binary, real sockets, real input.
//!
//! Every test starts a hub of its own on the loopback and ends it by its process id. Nothing here knows
//! the inside of the hub.

mod answers;
mod bad_input;
mod benchmark;
mod catching_up;
mod churn;
mod command_line;
mod endings;
mod gone;
mod headers;
#[expect(dead_code, reason = "what is not hostile is not needed here")]
#[path = "../guests/hostile.rs"]
mod hostile;
mod http_versions;
mod original;
mod pipelining;
mod quakes;
mod rig;
mod short_writes;
mod silence;
mod tokens;
