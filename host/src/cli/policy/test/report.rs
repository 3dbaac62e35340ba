//! What came of a test.

use std::fmt;

use serde::Serialize;
use umbel_routing::Fault;
use umbel_routing::conformance::Breach;

use super::comparison::Comparison;
use super::costs::Cost;
use crate::cli::policy::contract::{self, Line};
use crate::cli::policy::words::{bytes, count, printable, time};

/// What came of a test.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Report {
    /// Whether nothing failed.
    pub(super) good: bool,
    pub(super) policy: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) component: Option<String>,
    pub(super) source: Source,
    /// Calls that were made.
    pub(super) calls: u64,
    /// Calls that were not, after one that failed or a configuration that was refused.
    pub(super) left_out: u64,
    pub(super) decisions: u64,
    /// Of all answers.
    pub(super) digest: String,
    /// The most that one instance had after a call; 0 where that is not known.
    pub(super) memory_bytes: u64,
    pub(super) costs: Vec<Cost>,
    /// Calls that failed.
    pub(super) faults: u64,
    pub(super) first_faults: Vec<Faulty>,
    pub(super) broken: Vec<Broken>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) comparison: Option<Comparison>,
    /// Whether the policy looks at something that the trace does not hold.
    pub(super) blind: bool,
}

/// Where the calls came from.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Source {
    /// They were made up.
    Generated { cases: u64, seed: u64 },
    /// From cases in files.
    Vectors { folder: String, cases: usize },
    /// From a trace.
    Trace {
        file: String,
        tenant: String,
        component: String,
        whole: bool,
    },
}

/// A call that failed.
#[derive(Serialize)]
pub(super) struct Faulty {
    export: &'static str,
    class: &'static str,
    detail: String,
}

/// Something of the contract that was broken.
#[derive(Serialize)]
pub(super) struct Broken {
    pub(super) rule: &'static str,
    pub(super) says: String,
    contract: Option<Line>,
    place: String,
    detail: String,
}

impl Faulty {
    pub(super) fn new(fault: &Fault) -> Self {
        Self {
            export: fault.export.name(),
            class: fault.class.name(),
            detail: printable(&fault.detail),
        }
    }
}

impl Broken {
    pub(super) fn new(place: String, breach: &Breach) -> Self {
        Self {
            rule: breach.rule.name(),
            says: breach.rule.to_string(),
            contract: contract::phrase(breach.rule.phrase()),
            place,
            detail: printable(&breach.detail),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = if self.good { "good" } else { "failed" };
        write!(f, "{}: {outcome}; {}", self.policy, self.source)?;
        let mut row = |name: &str, value: &str| write!(f, "\n  {name:<10} {value}");
        if let Some(component) = &self.component {
            row("component", component)?;
        }
        let left_out = match self.left_out {
            0 => String::new(),
            more => format!("; {more} more left out, since there was nobody to ask"),
        };
        row(
            "calls",
            &format!("{}, {} failed{left_out}", self.calls, self.faults),
        )?;
        row("decisions", &self.decisions.to_string())?;
        row("digest", &self.digest)?;
        if self.memory_bytes > 0 {
            let most = bytes(self.memory_bytes);
            row("memory", &format!("{most} at most in one instance"))?;
        }
        row(
            "CPU time",
            &format!("{:>9}{:>11}{:>11}{:>11}", "count", "min", "median", "p99"),
        )?;
        for cost in &self.costs {
            let [min, median, p99] = [cost.min_ns, cost.median_ns, cost.p99_ns].map(time);
            let name = format!("  {}", cost.of);
            row(
                &name,
                &format!("{:>9}{min:>11}{median:>11}{p99:>11}", cost.count),
            )?;
        }
        for fault in &self.first_faults {
            let Faulty {
                export,
                class,
                detail,
            } = fault;
            row("fault", &format!("{export}: {class}: {detail}"))?;
        }
        for broken in &self.broken {
            row("broken", &broken.to_string())?;
        }
        if let Some(comparison) = &self.comparison {
            row("compared", &comparison.to_string())?;
        }
        if self.blind {
            let blind = "the trace has no payloads and hashed claims, and this policy wants them";
            row("note", blind)?;
        }
        Ok(())
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Generated { cases, seed } => {
                write!(f, "{} made up from seed {seed}", count(*cases, "case"))
            }
            Self::Vectors { folder, cases } => {
                write!(f, "{} of {folder}", count(*cases as u64, "case"))
            }
            Self::Trace {
                file,
                tenant,
                component,
                whole: _,
            } => {
                let or = |text: &str| match text.is_empty() {
                    true => "somebody".to_owned(),
                    false => text.to_owned(),
                };
                write!(f, "{file}, calls of {} to {}", or(tenant), or(component))
            }
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            says,
            contract,
            place,
            detail,
            ..
        } = self;
        write!(f, "{says}; {place}: {detail}")?;
        match contract {
            Some(line) => write!(f, "\n{:13}{line}", ""),
            None => Ok(()),
        }
    }
}
