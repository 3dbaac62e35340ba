//! `umbel policy shadow`: where the decisions of a component would differ.

use std::io::{Write, stdout};
use std::time::Duration;

use clap::Args;
use http::Method;
use serde_json::Value;

use super::hub::{Hub, Tenant};
use super::upload::Upload;
use crate::cli::notice::notice;
use crate::config::parse_duration;

/// What runs beside the policy, and for how long.
#[derive(Args)]
pub(super) struct Shadow {
    #[command(flatten)]
    upload: Upload,
    #[command(flatten)]
    tenant: Tenant,
    /// How long, as 60s.
    #[arg(long = "for", value_name = "TIME", default_value = "60s", value_parser = parse_duration)]
    time: Duration,
    /// Of so many batches of events one is compared.
    #[arg(long, value_name = "N", default_value_t = 1)]
    sample: u32,
    /// The report as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    hub: Hub,
}

impl Shadow {
    /// Runs it for its time, or until interrupted, takes it away and prints what was found.
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let client = self.hub.client()?;
        let target = self.tenant.path("/shadow");
        let begin = format!("{target}?sample={}", self.sample);
        let (body, _) = self.upload.body(&client, &self.tenant).await?;
        client.ask(Method::PUT, &begin, Some(body)).await?;
        notice(format_args!("umbel: comparing for {:?}", self.time));
        tokio::select! {
            () = tokio::time::sleep(self.time) => {}
            interrupted = tokio::signal::ctrl_c() => interrupted?,
        }
        let found = client.ask(Method::DELETE, &target, None).await?;
        let text = match self.json {
            true => serde_json::to_string_pretty(&found)?,
            false => text(&found["report"]),
        };
        Ok(writeln!(stdout(), "{text}")?)
    }
}

fn text(report: &Value) -> String {
    let mut lines = vec![format!(
        "{} decisions compared, {} differ; {} subscribers admitted otherwise\n\
         failed calls: {} of the candidate, {} of the present policy",
        report["compared"],
        report["differ"],
        report["admissions-differ"],
        report["candidate-faults"],
        report["live-faults"]
    )];
    for example in report["examples"].as_array().into_iter().flatten() {
        lines.push(format!(
            "event {} on {}: {} get it from the present policy alone, {} from the candidate alone",
            example["offset"], example["topic"], example["live-only"], example["candidate-only"]
        ));
    }
    lines.join("\n")
}
