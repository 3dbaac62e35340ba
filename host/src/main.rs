//! The `umbel` program: a programmable hub for server-sent events.
//!
//! `cli` reads the command line, `config` what the operator decides, `auth` who may do what;
//! `client` speaks to a hub.

mod auth;
mod cli;
mod client;
mod config;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
