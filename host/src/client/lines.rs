//! Lines of a file or of standard input, without holding up the reactor.

use std::io::{BufRead, BufReader, Read};
use std::thread;

use anyhow::Context;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Bytes of one line: more than any hub takes as one event by default.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// Lines that are read ahead.
const LINES_AHEAD_MAX: usize = 16;

/// Lines that come in from somewhere slow, such as a terminal or a pipe; a thread of its own reads
/// them. Blank ones are left out.
pub struct Lines(Receiver<anyhow::Result<Line>>);

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counted from 1, blank lines included.
    pub number: u64,
    /// Without its end.
    pub text: String,
}

impl Lines {
    /// The lines of `input`.
    pub fn of(input: impl Read + Send + 'static) -> Self {
        let (sender, receiver) = channel(LINES_AHEAD_MAX);
        thread::spawn(move || read(BufReader::new(input), &sender));
        Self(receiver)
    }

    /// The next one; none at the end.
    pub async fn next(&mut self) -> Option<anyhow::Result<Line>> {
        self.0.recv().await
    }
}

/// Stops at the end, at the first error, and when nobody listens any more.
fn read(mut input: impl BufRead, lines: &Sender<anyhow::Result<Line>>) {
    for number in 1.. {
        let line = read_line(&mut input).with_context(|| format!("line {number}"));
        let sent = match line {
            Ok(None) => return,
            Ok(Some(text)) if text.trim().is_empty() => Ok(()),
            Ok(Some(text)) => lines.blocking_send(Ok(Line { number, text })),
            Err(error) => return drop(lines.blocking_send(Err(error))),
        };
        if sent.is_err() {
            return;
        }
    }
}

fn read_line(input: &mut impl BufRead) -> anyhow::Result<Option<String>> {
    let mut line = Vec::new();
    let read = input
        .take(LINE_BYTES_MAX + 1)
        .read_until(b'\n', &mut line)?;
    if read == 0 {
        return Ok(None);
    }
    if line.len() as u64 > LINE_BYTES_MAX {
        anyhow::bail!("it has more than {LINE_BYTES_MAX} bytes");
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(Some(String::from_utf8(line).context("it is not UTF-8")?))
}

#[cfg(test)]
mod tests {
    use super::{Line, Lines};

    async fn all(input: &'static [u8]) -> Vec<Result<Line, String>> {
        let mut lines = Lines::of(input);
        let mut all = Vec::new();
        while let Some(line) = lines.next().await {
            all.push(line.map_err(|error| format!("{error:#}")));
        }
        all
    }

    fn line(number: u64, text: &str) -> Result<Line, String> {
        Ok(Line {
            number,
            text: text.to_owned(),
        })
    }

    #[tokio::test]
    async fn lines_are_counted_and_blank_ones_left_out() {
        assert_eq!(
            all(b"a\r\n\n  \nb\nc").await,
            [line(1, "a"), line(4, "b"), line(5, "c")]
        );
        assert_eq!(all(b"").await, []);
    }

    #[tokio::test]
    async fn a_line_that_is_not_utf8_ends_it_with_its_number() {
        let found = all(b"a\n\xff\nb\n").await;
        assert_eq!(found[0], line(1, "a"));
        let error = found[1].as_ref().unwrap_err();
        assert!(error.starts_with("line 2: it is not UTF-8"), "{error}");
        assert_eq!(found.len(), 2);
    }
}
