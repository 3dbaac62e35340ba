//! `umbel compile-component`: what the hub runs of itself to compile a component, so that it can be killed.

use std::process::ExitCode;

use clap::Args;
use umbel_engine::{CompileLimits, compile_component};

/// Compile the component on standard input, and write its code to standard output.
#[derive(Args)]
pub struct CompileComponent {
    /// Address space that this process may have.
    #[arg(long, value_name = "N", default_value_t = CompileLimits::default().memory_bytes)]
    memory_bytes: u64,
    /// CPU time that this process may take.
    #[arg(long, value_name = "N", default_value_t = CompileLimits::default().cpu_seconds)]
    cpu_seconds: u64,
}

impl CompileComponent {
    /// How it ends is for the hub, which started it.
    pub fn run(self) -> ExitCode {
        compile_component(self.memory_bytes, self.cpu_seconds)
    }
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use crate::cli::Cli;
    use crate::server::COMPILE_COMMAND;

    #[test]
    fn the_program_knows_the_command_by_which_it_runs_itself() {
        assert!(Cli::command().find_subcommand(COMPILE_COMMAND).is_some());
        assert!(Cli::try_parse_from(["umbel", COMPILE_COMMAND]).is_ok());
    }
}
