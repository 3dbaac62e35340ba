//! `umbel publish`: send events to a hub.

use std::fs::File;
use std::io::{IsTerminal, Read, Write, stderr, stdin, stdout};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::{ArgGroup, Args};
use tokio::time::{Interval, interval};

use super::notice::notice;
use super::runtime;
use crate::client::{Fields, HubUrl, Lines, Publication, Publisher, Template};
use crate::config::parse_interval;

/// How often a terminal is told how far it is.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// What is sent, and where.
#[derive(Args)]
#[command(group = ArgGroup::new("about").required(true).multiple(true))]
#[command(group = ArgGroup::new("payload").required(true))]
pub struct Publish {
    /// What the event is about; `{field}` is filled from the line. The first one is the canonical topic.
    #[arg(long = "topic", value_name = "TOPIC", group = "about")]
    topics: Vec<Template>,
    /// The field that names the topic.
    #[arg(long, value_name = "FIELD", group = "about")]
    topic_field: Option<String>,
    /// Where the hub is.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:3000")]
    hub: HubUrl,
    /// One event with this payload.
    #[arg(long, value_name = "TEXT", group = "payload")]
    data: Option<String>,
    /// A file of JSON lines, one event each; `-` is standard input.
    #[arg(long, value_name = "FILE", group = "payload")]
    input: Option<PathBuf>,
    /// Read JSON lines from standard input.
    #[arg(value_name = "-", value_parser = ["-"], group = "payload", hide_possible_values = true)]
    dash: Option<String>,
    /// The field that holds the event's id.
    #[arg(long, value_name = "FIELD")]
    id_field: Option<String>,
    /// The type of the events.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Only for subscribers whose token covers one of the topics.
    #[arg(long)]
    private: bool,
    /// The token that allows it.
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// At most so many, as 100/s or 600/m.
    #[arg(long, value_name = "N/s", value_parser = parse_interval)]
    rate: Option<Duration>,
}

impl Publish {
    /// Sends everything, in order.
    pub fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(self.publish())
    }

    async fn publish(self) -> anyhow::Result<()> {
        let mut publisher = Publisher::new(self.hub.clone(), self.token.clone());
        if let Some(data) = &self.data {
            let id = publisher.publish(&self.publication(data)?).await?;
            return Ok(writeln!(stdout(), "{id}")?);
        }
        let mut lines = Lines::of(self.input()?);
        let mut pace = self.rate.map(interval);
        let mut progress = Progress::new();
        while let Some(line) = lines.next().await {
            let line = line?;
            let sent = async {
                let publication = self.publication(&line.text)?;
                wait(&mut pace).await;
                publisher.publish(&publication).await
            };
            if let Err(error) = sent.await {
                progress.end();
                return Err(error.context(format!("line {}", line.number)));
            }
            progress.step();
        }
        progress.end();
        Ok(())
    }

    fn input(&self) -> anyhow::Result<Box<dyn Read + Send>> {
        match &self.input {
            Some(path) if path.as_os_str() != "-" => {
                let file = File::open(path).with_context(|| path.display().to_string())?;
                Ok(Box::new(file))
            }
            _ => Ok(Box::new(stdin())),
        }
    }

    /// The event of one line, which is only taken apart where something of it is needed.
    fn publication(&self, line: &str) -> anyhow::Result<Publication> {
        let takes_fields = self.topic_field.is_some()
            || self.id_field.is_some()
            || self.topics.iter().any(Template::has_placeholders);
        let fields = takes_fields.then(|| Fields::parse(line)).transpose()?;
        let text = |name: &Option<String>| match (name, &fields) {
            (Some(name), Some(fields)) => fields.text(name).map(Some),
            _ => Ok(None),
        };
        let mut topics = Vec::new();
        for template in &self.topics {
            topics.push(template.fill(fields.as_ref())?);
        }
        topics.extend(text(&self.topic_field)?);
        Ok(Publication {
            topics,
            id: text(&self.id_field)?,
            kind: self.kind.clone(),
            private: self.private,
            data: line.to_owned(),
        })
    }
}

async fn wait(pace: &mut Option<Interval>) {
    if let Some(pace) = pace {
        pace.tick().await;
    }
}

/// How far it is: told now and then to a terminal, and once at the end to everyone.
struct Progress {
    begun: Instant,
    told: Option<Instant>,
    events: u64,
}

impl Progress {
    fn new() -> Self {
        let begun = Instant::now();
        Self {
            begun,
            told: stderr().is_terminal().then_some(begun),
            events: 0,
        }
    }

    fn step(&mut self) {
        self.events += 1;
        if self
            .told
            .is_some_and(|told| told.elapsed() >= PROGRESS_EVERY)
        {
            self.told = Some(Instant::now());
            _ = write!(stderr(), "\r{} events", self.events);
        }
    }

    fn end(&self) {
        let clear = if self.told.is_some() { "\r\x1b[K" } else { "" };
        let seconds = self.begun.elapsed().as_secs_f64();
        let s = if self.events == 1 { "" } else { "s" };
        notice(format_args!(
            "{clear}published {} event{s} in {seconds:.1} s",
            self.events
        ));
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::Publish;
    use crate::client::Publication;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        publish: Publish,
    }

    fn publish(arguments: &[&str]) -> Publish {
        Line::try_parse_from([&["publish"], arguments].concat())
            .unwrap()
            .publish
    }

    #[test]
    fn a_line_becomes_an_event() {
        let command = publish(&[
            "--topic",
            "https://quakes.example/{net}",
            "--topic",
            "all",
            "--topic-field",
            "kind",
            "--id-field",
            "id",
            "--kind",
            "quake",
            "--private",
            "-",
        ]);
        let line = r#"{"id":"x1","net":"ci","kind":"earthquake","mag":1.0}"#;
        assert_eq!(
            command.publication(line).unwrap(),
            Publication {
                topics: vec![
                    "https://quakes.example/ci".into(),
                    "all".into(),
                    "earthquake".into()
                ],
                id: Some("x1".into()),
                kind: Some("quake".into()),
                private: true,
                data: line.into(),
            }
        );
        let error = command
            .publication(r#"{"id":"x1","kind":"k"}"#)
            .unwrap_err();
        assert_eq!(error.to_string(), "there is no field \"net\"");
    }

    #[test]
    fn data_that_needs_no_taking_apart_may_be_anything() {
        let command = publish(&["--topic", "t", "--data", "not JSON"]);
        assert_eq!(command.publication("not JSON").unwrap().data, "not JSON");
    }

    #[test]
    fn wrong_usage_is_refused() {
        for arguments in [
            &["--topic", "t"][..],
            &["--data", "d"],
            &["--topic", "t", "--data", "d", "--input", "f"],
            &["--topic", "t", "--data", "d", "-"],
            &["--topic", "{", "--data", "d"],
            &[
                "--topic",
                "t",
                "--data",
                "d",
                "--hub",
                "https://hub.example",
            ],
            &["--topic", "t", "--data", "d", "--rate", "0"],
        ] {
            let parsed = Line::try_parse_from([&["publish"], arguments].concat());
            assert!(parsed.is_err(), "{arguments:?}");
        }
    }
}
