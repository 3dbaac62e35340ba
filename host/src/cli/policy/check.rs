//! `umbel policy check`: what a component is, and whether a hub would take it.

mod report;

use std::io::{Write, stdout};
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use umbel_engine::{Inspection, WasmFactory, WasmFilterFactory};
use umbel_routing::{DispatcherFactory, Fault, FilterFactory, Profile, Settings};

use self::report::{Configured, Kind, Report};
use super::file::{self, Configuration};
use super::workbench::{Allowed, Workbench};

/// What is looked at.
#[derive(Args)]
pub(super) struct Check {
    /// The component.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    #[command(flatten)]
    config: Configuration,
    /// The report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    allowed: Allowed,
}

impl Check {
    /// Prints what was found; fails where a hub would refuse it.
    pub(super) fn run(self) -> anyhow::Result<()> {
        let bytes = file::read(&self.file)?;
        let settings = Settings {
            config: self.config.given()?.unwrap_or_default(),
            ..Settings::default()
        };
        let workbench = Workbench::new(&self.allowed)?;
        let report = examined(&workbench, &bytes, settings);
        let shown = self.file.display();
        let text = match self.json {
            true => serde_json::to_string_pretty(&report)?,
            false => format!("{shown}: {report}"),
        };
        writeln!(stdout(), "{text}")?;
        if !report.good {
            bail!("{shown} would be refused");
        }
        Ok(())
    }
}

fn examined(workbench: &Workbench, bytes: &[u8], settings: Settings) -> Report {
    let report = Report::new(bytes.len(), workbench.limits);
    let found = match workbench.inspect(bytes) {
        Ok(found) => found,
        Err(error) => return report.refused(&error),
    };
    let report = report.shown(&found);
    match found.refusal() {
        Some(error) => report.refused(error),
        None => configured(report, &found, workbench, settings),
    }
}

/// Configures an instance of each kind that it is.
fn configured(
    mut report: Report,
    found: &Inspection,
    workbench: &Workbench,
    settings: Settings,
) -> Report {
    if let Ok(policy) = &found.policy {
        let factory = WasmFactory::new(policy.clone(), settings.clone(), workbench.limits);
        let made = factory.create();
        let made = made.map(|i| (i.profile().clone(), i.memory_bytes()));
        report.configured(Kind::Policy, outcome(made));
    }
    if let Ok(filter) = &found.filter {
        let factory = WasmFilterFactory::new(filter.clone(), settings, workbench.limits);
        let made = factory.create();
        let made = made.map(|i| (i.profile().cloned().unwrap_or_default(), i.memory_bytes()));
        report.configured(Kind::Filter, outcome(made));
    }
    report
}

fn outcome(made: Result<(Profile, u64), Fault>) -> Configured {
    match made {
        Ok((profile, memory_bytes)) => Configured::taken(&profile, memory_bytes),
        Err(fault) => Configured::Failed(fault),
    }
}
