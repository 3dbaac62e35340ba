//! `umbel policy test`: hold a policy to the contract, and to decisions that are known.

mod comparison;
mod costs;
mod generated;
mod metered;
mod report;
mod subject;
mod trial;

use std::fs::File;
use std::io::{BufReader, Write, stdout};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::Args;
use umbel_routing::conformance::{Case, Replay, TraceReader};

use self::report::{Report, Source};
use self::subject::Subject;
use self::trial::Trial;
use super::file::{self, Configuration};
use super::words::printable;
use super::workbench::{Allowed, Workbench};

/// What is tested, and what it is held to.
#[derive(Args)]
pub(super) struct Test {
    /// The component, or `native` for the rules that are part of this program.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Compare with the answers in the cases of this folder, instead of making cases up.
    #[arg(long, value_name = "DIR", conflicts_with = "trace")]
    vectors: Option<PathBuf>,
    /// Replay this trace, and compare with the answers in it.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Compare with what this component answers instead.
    #[arg(long, value_name = "FILE|native")]
    against: Option<PathBuf>,
    #[command(flatten)]
    config: Configuration,
    /// Which cases are made up: the same ones for the same number.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// The report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    allowed: Allowed,
}

impl Test {
    /// Prints what came of it; fails where something did.
    pub(super) fn run(self) -> anyhow::Result<()> {
        let workbench = Workbench::new(&self.allowed)?;
        let config = self.config.given()?;
        let open = |path: &PathBuf| Subject::open(&workbench, path, config.as_deref());
        let subject = open(&self.file)?;
        let against = self.against.as_ref().map(open).transpose()?;
        let trial = Trial::new(&subject, against.as_ref());
        let report = match (&self.vectors, &self.trace) {
            (Some(folder), _) => vectors(trial, folder)?,
            (None, Some(trace)) => traced(trial, trace)?,
            (None, None) => generated::run(trial, self.seed),
        };
        let text = match self.json {
            true => serde_json::to_string_pretty(&report)?,
            false => report.to_string(),
        };
        writeln!(stdout(), "{text}")?;
        if !report.good {
            bail!("{} failed", self.file.display());
        }
        Ok(())
    }
}

/// Each case on an instance of its own, compared with the answers that it has.
fn vectors(mut trial: Trial<'_>, folder: &Path) -> anyhow::Result<Report> {
    let files = file::listed(folder, "json")?;
    ensure!(
        !files.is_empty(),
        "{} holds no case (*.json)",
        folder.display()
    );
    for path in &files {
        let case: Case = serde_json::from_slice(&file::read(path)?)
            .with_context(|| format!("{} is no case", path.display()))?;
        let mut replay = Replay::new(trial.maker());
        for (turn, call) in case.steps.iter().zip(1_u64..) {
            let asked = replay.ask(&turn.step);
            let place = || format!("{}, call {call}", printable(&case.name));
            trial.add(&place, &turn.step, asked.as_ref(), Some(&turn.answer));
        }
    }
    Ok(trial.report(Source::Vectors {
        folder: folder.display().to_string(),
        cases: files.len(),
    }))
}

/// The calls of a trace, compared with the answers that it has.
fn traced(mut trial: Trial<'_>, path: &Path) -> anyhow::Result<Report> {
    let shown = path.display();
    let at = |error: umbel_routing::conformance::TraceError| {
        anyhow::anyhow!("{shown}:{}: {}", error.line, error.problem)
    };
    let source = File::open(path).with_context(|| shown.to_string())?;
    let mut trace = TraceReader::new(BufReader::new(source)).map_err(at)?;
    let mut replay = Replay::new(trial.maker());
    for step in &mut trace {
        let step = step.map_err(at)?;
        let asked = replay.ask(&step.step);
        let place = || format!("{shown}:{}", step.line);
        trial.add(&place, &step.step, asked.as_ref(), step.answer.as_ref());
    }
    let header = trace.header();
    Ok(trial.report(Source::Trace {
        file: shown.to_string(),
        tenant: printable(&header.tenant),
        component: printable(&header.component),
        whole: header.whole,
    }))
}
