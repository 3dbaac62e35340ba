//! The `umbel` program: a programmable hub for server-sent events.
//!
//! `cli` reads the command line, `config` what the operator decides, `auth` who may do what; `http` is
//! what requests mean, `server` the process and its connections, `admin` the operator's listener,
//! `telemetry` logs and metrics; `client` speaks to a hub, `bench` measures one,
//! `oci` speaks to registries of components.
#![expect(
    unreachable_pub,
    reason = "nothing of a program is reachable from outside: `pub` says what a module offers to the others"
)]

mod admin;
mod auth;
mod bench;
mod cli;
mod client;
mod config;
mod http;
mod oci;
mod server;
mod telemetry;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
