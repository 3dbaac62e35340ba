//! `umbel policy`: what decides for a tenant.

mod change;
mod deploy;
mod hub;
mod rollback;
mod shadow;
mod status;
mod upload;

use clap::{Args, Subcommand};

/// What is to be done.
#[derive(Args)]
pub struct Policy {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Put a component in the place of the one that decides, while streams stay open.
    Deploy(deploy::Deploy),
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
        super::runtime()?.block_on(async {
            match self.command {
                Command::Deploy(command) => command.run().await,
                Command::Rollback(command) => command.run().await,
                Command::Status(command) => command.run().await,
                Command::Shadow(command) => command.run().await,
            }
        })
    }
}
