//! The command line: one file a command.

mod bench;
mod check;
mod compile_component;
mod exit;
mod notice;
mod policy;
mod publish;
mod serve;
mod tail;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// A programmable hub for server-sent events.
#[derive(Parser)]
#[command(name = "umbel", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the hub.
    Serve(serve::Serve),
    /// Check the configuration and every component it names, and report all faults at once.
    Check(check::Check),
    /// Send events to a hub.
    Publish(publish::Publish),
    /// Print what a hub sends.
    Tail(tail::Tail),
    /// Change what decides for a tenant, and ask about it.
    Policy(policy::Policy),
    /// Make a token; it alone is printed.
    Token(token::Token),
    /// Measure a hub: how fast it delivers, and whether it loses anything.
    Bench(bench::Bench),
    #[command(hide = true)]
    CompileComponent(compile_component::CompileComponent),
}

/// Does what the command line of this process says. Wrong usage ends the process with exit code 2.
pub fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Publish(command) => command.run(),
        Command::Tail(command) => command.run(),
        Command::Policy(command) => command.run(),
        Command::Token(command) => command.run(),
        Command::Bench(command) => command.run(),
        Command::CompileComponent(command) => return command.run(),
    };
    exit::report(done)
}

/// One thread is enough for a client.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
