//! `umbel policy record`: what the policy is asked, written down.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use umbel_routing::conformance::TraceReader;

use super::hub::{Hub, Tenant};
use super::words::{bytes, count};
use crate::cli::notice::notice;
use crate::config::{parse_bytes, parse_duration};

/// What is recorded, for how long, and where it goes.
///
/// The trace is of one instance, which lives in one shard. It begins with the configuration and with those
/// who are connected, and replays with `umbel policy test FILE --trace TRACE`. It ends when its time is
/// over, when one of its bounds is reached, or when the instance fails or is replaced. It holds topics,
/// selectors, and the request headers and addresses that the policy may see: treat it as what it is.
#[derive(Args)]
pub(super) struct Record {
    #[command(flatten)]
    tenant: Tenant,
    /// How long, as 60s; at most 10m.
    #[arg(long = "for", value_name = "TIME", default_value = "60s", value_parser = parse_duration)]
    time: Duration,
    /// The file that it is written to.
    #[arg(short, long, value_name = "TRACE")]
    output: PathBuf,
    /// With payloads and claims as they are. Otherwise payloads are left out and claims are hashed, and a
    /// policy that looks at either may decide otherwise when the trace is replayed.
    #[arg(long)]
    whole: bool,
    /// End after so many events; at most 1000000.
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    events: u64,
    /// End after so many bytes; at most 64MiB.
    #[arg(long, value_name = "SIZE", default_value = "16MiB", value_parser = parse_bytes)]
    bytes: u64,
    /// The shard whose instance is meant, the first being 0; otherwise the first one with subscribers.
    #[arg(long, value_name = "N")]
    shard: Option<usize>,
    #[command(flatten)]
    hub: Hub,
}

impl Record {
    /// Waits for it, and writes it to its file.
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let client = self.hub.client()?;
        let seconds = self.time.as_secs_f64().ceil();
        let (events, size, whole) = (self.events, self.bytes, self.whole);
        let query = format!("seconds={seconds:.0}&events={events}&bytes={size}&whole={whole}");
        let mut target = format!("{}?{query}", self.tenant.path("/trace"));
        if let Some(shard) = self.shard {
            target += &format!("&shard={shard}");
        }
        notice(format_args!("umbel: recording for {:?}", self.time));
        let text = client.get_after(self.time, &target).await?;
        let calls = TraceReader::new(&text[..])
            .and_then(|mut steps| steps.try_fold(0, |calls, step| step.map(|_| calls + 1)))
            .context("the answer is no trace: is this the admin listener?")?;
        fs::write(&self.output, &text).with_context(|| self.output.display().to_string())?;
        notice(format_args!(
            "umbel: {} in {} of {}",
            count(calls, "call"),
            bytes(text.len() as u64),
            self.output.display()
        ));
        Ok(())
    }
}
