//! `umbel policy`: what decides for a tenant, and components that could.

mod build;
mod change;
mod check;
mod contract;
mod deploy;
mod file;
mod hub;
mod language;
mod new;
mod origin;
mod push;
mod record;
mod rollback;
mod shadow;
mod status;
mod test;
mod upload;
mod words;
mod workbench;

use clap::{Args, Subcommand};

/// What is to be done.
#[derive(Args)]
pub struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Begin a policy of your own: a project that builds.
    New(new::New),
    /// Build the component of a project.
    Build(build::Build),
    /// Tell what a component is, and whether a hub would take it.
    Check(check::Check),
    /// Hold a policy to the contract, and to decisions that are known.
    Test(test::Test),
    /// Put a component into an OCI registry.
    Push(push::Push),
    /// Put a component in the place of the one that decides, while streams stay open.
    Deploy(deploy::Deploy),
    /// Write down what the policy is asked, and what it answers: a trace, for `policy test`.
    Record(record::Record),
    /// Go back to what decided before.
    Rollback(rollback::Rollback),
    /// Tell what decides, since when, and who deployed it.
    Status(status::Status),
    /// Run a component beside the policy, and print where its decisions differ.
    Shadow(shadow::Shadow),
}

impl Policy {
    /// Does it.
    pub fn run(self) -> anyhow::Result<()> {
        let runtime = super::runtime()?;
        match self.command {
            Command::New(command) => command.run(),
            Command::Build(command) => command.run(),
            Command::Check(command) => command.run(),
            Command::Test(command) => command.run(),
            Command::Push(command) => runtime.block_on(command.run()),
            Command::Deploy(command) => runtime.block_on(command.run()),
            Command::Record(command) => runtime.block_on(command.run()),
            Command::Rollback(command) => runtime.block_on(command.run()),
            Command::Status(command) => runtime.block_on(command.run()),
            Command::Shadow(command) => runtime.block_on(command.run()),
        }
    }
}
