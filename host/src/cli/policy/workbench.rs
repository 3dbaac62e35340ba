//! Where components are looked at: the engine, the compiler and the limits of a hub.

use std::time::Duration;

use clap::Args;
use umbel_engine::{ChildProcess, CompileLimits, Engine, Inspection, Limits, LoadError};

use crate::config::{parse_bytes, parse_duration};
use crate::server::COMPILE_COMMAND;

/// What a component may use; as a hub that is not configured otherwise.
#[derive(Args)]
pub(super) struct Allowed {
    /// CPU time of one call, as `policy.deadline`.
    #[arg(long, value_name = "TIME", default_value = "10ms", value_parser = parse_duration)]
    deadline: Duration,
    /// Memory of one instance, as `policy.memory`.
    #[arg(long, value_name = "SIZE", default_value = "64MiB", value_parser = parse_bytes)]
    memory: u64,
}

/// The engine, the compiler and the limits of a hub.
pub(super) struct Workbench {
    engine: Engine,
    compiler: ChildProcess,
    pub(super) limits: Limits,
}

impl Workbench {
    /// With those limits.
    pub(super) fn new(allowed: &Allowed) -> anyhow::Result<Self> {
        let limits = Limits {
            deadline: allowed.deadline,
            memory_bytes: usize::try_from(allowed.memory).unwrap_or(usize::MAX),
            ..Limits::default()
        };
        Ok(Self {
            engine: Engine::new()?,
            compiler: ChildProcess::of_this_program([COMPILE_COMMAND], CompileLimits::default()),
            limits,
        })
    }

    /// What a hub would find out about `bytes` that are uploaded.
    pub(super) fn inspect(&self, bytes: &[u8]) -> Result<Inspection, LoadError> {
        Inspection::of(&self.engine, &self.compiler, bytes, &self.limits)
    }
}
