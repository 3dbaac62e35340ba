//! The `umbel` program: a programmable hub for server-sent events.
//!
//! `cli` reads the command line, `config` what the operator decides, `auth` who may do what;
//! `client` speaks to a hub.
#![expect(
    unreachable_pub,
    reason = "nothing of a program is reachable from outside: `pub` says what a module offers to the others"
)]

#[expect(
    dead_code,
    reason = "the HTTP surface, which uses the rest, is not there yet"
)]
mod auth;
mod cli;
mod client;
#[expect(
    dead_code,
    reason = "the HTTP surface, which uses the rest, is not there yet"
)]
mod config;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
