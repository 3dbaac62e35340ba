//! `umbel tail`: print what a hub sends.

use std::io::{BufWriter, Write, stdout};
use std::num::NonZeroU64;

use clap::Args;
use serde::Serialize;
use umbel_sse::Message;

use super::notice::notice;
use super::runtime;
use crate::client::{HubUrl, Step, Tail as Stream, TailRequest};

/// Kind of the hub's own event that says what is missing.
const GAP: &str = "umbel.gap";

/// What is printed, and from where.
#[derive(Args)]
pub struct Tail {
    /// What to follow: a topic, a URI template such as `https://quakes.example/{net}`, or `*`.
    #[arg(value_name = "SELECTOR", required = true)]
    selectors: Vec<String>,
    /// Where the hub is.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:3000")]
    hub: HubUrl,
    /// The token that shows private events.
    #[arg(long, value_name = "TOKEN")]
    token: Option<String>,
    /// Begin after the event with this id, or with the `earliest` one.
    #[arg(long, value_name = "ID|earliest")]
    since: Option<String>,
    /// One JSON object an event, with id, type and data.
    #[arg(long)]
    json: bool,
    /// End after so many events.
    #[arg(long, value_name = "N")]
    count: Option<NonZeroU64>,
}

/// One event as `--json` prints it.
#[derive(Serialize)]
struct Printed<'a> {
    id: &'a str,
    r#type: &'a str,
    data: &'a str,
}

impl Tail {
    /// Prints events until there are enough of them, or nobody reads them any more.
    pub fn run(self) -> anyhow::Result<()> {
        runtime()?.block_on(self.follow())
    }

    async fn follow(self) -> anyhow::Result<()> {
        let mut stream = Stream::new(TailRequest {
            hub: self.hub,
            selectors: self.selectors,
            token: self.token,
            since: self.since,
        });
        let left = self.count.map_or(u64::MAX, NonZeroU64::get);
        let mut printer = Printer {
            json: self.json,
            left,
            out: BufWriter::new(stdout().lock()),
        };
        loop {
            match stream.next().await? {
                Step::End => return Ok(()),
                Step::Messages(messages) => printer.print(&messages)?,
                Step::Interrupted(error, wait) => {
                    notice(format_args!(
                        "umbel: {error:#}; connecting again in {wait:?}"
                    ));
                    Stream::pause(wait).await;
                }
            }
            if printer.left == 0 {
                return Ok(());
            }
        }
    }
}

struct Printer<W: Write> {
    json: bool,
    left: u64,
    out: W,
}

impl<W: Write> Printer<W> {
    /// Prints what arrived together, and shows it at once: what reads a pipe is not to wait for more.
    fn print(&mut self, messages: &[Message]) -> anyhow::Result<()> {
        for message in messages {
            if message.kind == GAP {
                notice(format_args!("umbel: events are missing: {}", message.data));
            } else if self.left > 0 {
                self.left -= 1;
                self.print_one(message)?;
            }
        }
        Ok(self.out.flush()?)
    }

    fn print_one(&mut self, message: &Message) -> anyhow::Result<()> {
        if self.json {
            let (id, kind) = (&message.last_event_id, &message.kind);
            let printed = Printed {
                id,
                r#type: kind,
                data: &message.data,
            };
            serde_json::to_writer(&mut self.out, &printed)?;
        } else {
            self.out.write_all(message.data.as_bytes())?;
        }
        Ok(self.out.write_all(b"\n")?)
    }
}

#[cfg(test)]
mod tests {
    use umbel_sse::Decoder;

    use super::Printer;

    fn print(json: bool, left: u64, stream: &str) -> (String, u64) {
        let mut decoder = Decoder::default();
        decoder.feed(stream.as_bytes()).unwrap();
        let messages: Vec<_> = decoder.collect();
        let mut printer = Printer {
            json,
            left,
            out: Vec::new(),
        };
        printer.print(&messages).unwrap();
        (String::from_utf8(printer.out).unwrap(), printer.left)
    }

    const STREAM: &str = "id: 1\ndata: one\n\nevent: umbel.gap\ndata: {\"cause\":\"x\"}\n\nid: 2\n\
                          event: k\ndata: two\ndata: lines\n\n";

    #[test]
    fn data_is_printed_as_it_is_and_gaps_are_not_data() {
        assert_eq!(print(false, 9, STREAM), ("one\ntwo\nlines\n".to_owned(), 7));
    }

    #[test]
    fn json_is_one_object_a_line() {
        let (text, _) = print(true, 9, STREAM);
        assert_eq!(
            text,
            "{\"id\":\"1\",\"type\":\"message\",\"data\":\"one\"}\n\
             {\"id\":\"2\",\"type\":\"k\",\"data\":\"two\\nlines\"}\n"
        );
    }

    #[test]
    fn no_more_than_asked_for_is_printed() {
        assert_eq!(print(false, 1, STREAM), ("one\n".to_owned(), 0));
    }
}
