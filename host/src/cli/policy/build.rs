//! `umbel policy build`: the component of a project.

mod js;
mod program;
mod python;
mod rust;

use std::io::{Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use super::file;
use super::language::Language;
use super::words::bytes;

/// What the component of a project is called.
const COMPONENT: &str = "policy.wasm";

/// What is built.
#[derive(Args)]
pub(super) struct Build {
    /// The folder of the project: Rust, JavaScript or Python.
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Where the component goes; `policy.wasm` in that folder unless said otherwise.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Build {
    /// Builds it, with what its language needs fetched first where it is missing.
    pub(super) fn run(self) -> anyhow::Result<()> {
        let project = std::path::absolute(&self.folder)?;
        let language = Language::of(&project)?;
        let output = match self.output {
            Some(file) => std::path::absolute(file)?,
            None => project.join(COMPONENT),
        };
        match language {
            Language::Rust => rust::build(&project, &output)?,
            Language::Js => js::build(&project, &output)?,
            Language::Python => python::build(&project, &output)?,
        }
        let size = bytes(file::read(&output)?.len() as u64);
        Ok(writeln!(stdout(), "{}: {size}", shown(&output).display())?)
    }
}

/// As a path from where we are, where it is below.
fn shown(path: &Path) -> &Path {
    let here = std::env::current_dir();
    here.ok()
        .and_then(|here| path.strip_prefix(here).ok())
        .unwrap_or(path)
}

fn write(path: &Path, content: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, content).with_context(|| path.display().to_string())
}
