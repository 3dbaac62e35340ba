//! `umbel policy push`: put a component into a registry.

use std::io::{Write, stdout};
use std::path::PathBuf;

use clap::Args;

use super::file::read;
use crate::oci::{self, Reference};

/// What is pushed, and where to.
#[derive(Args)]
pub(super) struct Push {
    /// The component.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to, as oci://registry.example/team/policy:1.0.
    #[arg(value_name = "oci://REGISTRY/REPOSITORY:TAG")]
    reference: Reference,
}

impl Push {
    /// Pushes it, and prints what names it for good.
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let component = read(&self.file)?;
        let pinned = oci::push(&self.reference, component.into()).await?;
        Ok(writeln!(stdout(), "{pinned}")?)
    }
}
