//! `umbel bench`: measure a hub.

use std::fs::File;
use std::io::{Write, stdout};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use clap::error::ErrorKind;
use clap::{Args, CommandFactory};

use super::{Cli, runtime};
use crate::bench::{Outcome, Pace, Plan, Share, page, run, text};
use crate::client::HubUrl;
use crate::config::{parse_bytes, parse_duration, parse_interval};
use crate::server::raise_nofile;

mod bar;
mod invocation;

use bar::Bar;

/// Connections beside the streams: the publisher's, and one while it is opened again.
const OTHER_CONNECTIONS: usize = 2;

/// What is measured, and how.
#[derive(Args)]
pub struct Bench {
    /// Where the hub is; any that speaks the Mercure protocol.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:3000")]
    hub: HubUrl,
    /// The token that allows to publish and to subscribe.
    #[arg(long, value_name = "TOKEN", value_parser = parse_token)]
    token: Option<String>,
    /// How many streams are opened.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    subscribers: usize,
    /// How many topics they are spread over; each follows one.
    #[arg(long, value_name = "N", default_value_t = 1)]
    topics: usize,
    /// Open loop: publish so many, as 20/s or 600/m, and count latencies from when an event was due.
    #[arg(long, value_name = "R/s", value_parser = parse_interval, conflicts_with = "window")]
    rate: Option<Duration>,
    /// Closed loop: publish the next event when fewer than so many are on their way.
    #[arg(long, value_name = "W", default_value_t = 1)]
    window: usize,
    /// How large a payload is; at least 42 bytes, which tell when it was sent.
    #[arg(long, value_name = "BYTES", default_value = "100", value_parser = parse_bytes)]
    size: u64,
    /// How long it is measured, after a warm-up of a tenth of it (200 ms to 2 s).
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = parse_duration)]
    duration: Duration,
    /// How many of the subscribers read slowly (4 KiB a second), as 10%. Nobody waits for them, and they are
    /// reported apart.
    #[arg(long, value_name = "P", default_value = "0%")]
    slow_share: Share,
    /// Write a report with plots: one HTML file.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

impl Bench {
    /// Measures, and fails where fast subscribers lost something, got it twice, or out of order.
    pub fn run(self) -> anyhow::Result<()> {
        let plan = self.plan();
        if let Err(error) = plan.check() {
            usage(&error);
        }
        let fit = raise_nofile().saturating_sub(OTHER_CONNECTIONS);
        ensure!(
            plan.subscribers <= fit,
            "{} subscribers do not fit: the limit of open files leaves room for {fit} (see ulimit -Hn)",
            plan.subscribers
        );
        // Before the run: an hour of measuring is not to end in a folder that does not exist.
        let report = self.report.as_ref().map(create).transpose()?;
        let bar = Bar::new();
        let outcome = runtime()?.block_on(run(self.hub, self.token, plan, &|p| bar.draw(p)));
        bar.clear();
        let outcome = outcome?;
        if let (Some(mut file), Some(path)) = (report, &self.report) {
            let html = page(&outcome, &invocation::of_this_process());
            file.write_all(html.as_bytes())
                .with_context(|| path.display().to_string())?;
        }
        print(&outcome, self.json)?;
        match outcome.fault() {
            Some(fault) => bail!("{fault}"),
            None => Ok(()),
        }
    }

    fn plan(&self) -> Plan {
        Plan {
            subscribers: self.subscribers,
            topics: self.topics,
            pace: self.rate.map_or(Pace::Window(self.window), Pace::Every),
            size: usize::try_from(self.size).unwrap_or(usize::MAX),
            duration: self.duration,
            slow: self.slow_share,
        }
    }
}

/// Ends the process as clap does where the usage is wrong.
fn usage(error: &dyn std::error::Error) -> ! {
    Cli::command()
        .error(ErrorKind::ValueValidation, error)
        .exit()
}

fn create(path: &PathBuf) -> anyhow::Result<File> {
    File::create(path).with_context(|| path.display().to_string())
}

fn print(outcome: &Outcome, json: bool) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    if json {
        serde_json::to_writer_pretty(&mut out, outcome)?;
        writeln!(out)?;
    } else {
        out.write_all(text(outcome).as_bytes())?;
    }
    Ok(out.flush()?)
}

/// A token goes into the head of a request as it is.
fn parse_token(text: &str) -> Result<String, &'static str> {
    if text.bytes().all(|byte| byte.is_ascii_graphic()) && !text.is_empty() {
        Ok(text.to_owned())
    } else {
        Err("the token holds what no header can")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::Parser;

    use super::Bench;
    use crate::bench::Pace;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        bench: Bench,
    }

    fn bench(arguments: &[&str]) -> Result<Bench, clap::Error> {
        let line = Line::try_parse_from([&["bench"], arguments].concat())?;
        Ok(line.bench)
    }

    #[test]
    fn what_is_not_said_has_a_default() {
        let plan = bench(&[]).unwrap().plan();
        assert_eq!(plan.check(), Ok(()));
        assert_eq!((plan.subscribers, plan.topics, plan.size), (1_000, 1, 100));
        assert_eq!(plan.pace, Pace::Window(1));
        assert_eq!(plan.duration, Duration::from_secs(10));
        let plan = bench(&["--rate", "20/s", "--slow-share", "10"])
            .unwrap()
            .plan();
        assert_eq!(plan.pace, Pace::Every(Duration::from_millis(50)));
        assert_eq!(plan.slow.percent(), 10);
    }

    #[test]
    fn wrong_usage_is_refused() {
        for arguments in [
            &["--rate", "20/s", "--window", "2"][..],
            &["--rate", "0"],
            &["--slow-share", "101%"],
            &["--duration", "10"],
            &["--subscribers", "-1"],
            &["--token", "a\r\nb"],
            &["--hub", "https://hub.example"],
        ] {
            assert!(bench(arguments).is_err(), "{arguments:?}");
        }
        let plan = bench(&["--size", "1"]).unwrap().plan();
        assert!(plan.check().is_err());
    }
}
