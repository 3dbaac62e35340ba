//! What a hub answers to a change.

use std::io::{Write, stdout};

use serde::Deserialize;
use serde_json::Value;

use crate::cli::notice::notice;

/// The answer to a change.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Changed {
    digest: Option<String>,
    previous: Option<String>,
    cut: u64,
    prepared_ms: u64,
    complete: bool,
    survives_restart: bool,
}

/// Tells what was changed: one line for people, and what they should know beside it.
pub(super) fn print(what: &str, tenant: &str, answer: Value) -> anyhow::Result<()> {
    let changed: Changed = serde_json::from_value(answer)?;
    let name = |digest: Option<String>| digest.unwrap_or_else(|| "none".to_owned());
    writeln!(
        stdout(),
        "{what} of {tenant}: {} since event {}, prepared in {} ms; before: {}",
        name(changed.digest),
        changed.cut,
        changed.prepared_ms,
        name(changed.previous)
    )?;
    if !changed.complete {
        notice("umbel: a shard is still busy with events from before; it follows");
    }
    if !changed.survives_restart {
        notice("umbel: this goes with the process: set `state-dir` to have it kept");
    }
    Ok(())
}
