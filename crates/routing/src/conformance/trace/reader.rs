//! Reads traces.

use std::io::{BufRead, Read as _};

use serde::Deserialize;

use super::{TRACE_LINE_BYTES_MAX, TRACE_VERSION, TraceError, TraceHeader, TraceProblem};
use crate::conformance::{Answer, Step};

/// Reads a trace line by line: the header at once, a step each time that it is asked for one. After an
/// error there is nothing more.
pub struct TraceReader<R> {
    source: R,
    header: TraceHeader,
    line: u64,
    /// Kept from line to line, so that it grows once.
    text: Vec<u8>,
    state: State,
}

/// A call of a trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceStep {
    /// The line that it stands in, the header being 1.
    pub line: u64,
    /// What is asked.
    pub step: Step,
    /// What was answered, where the trace says it.
    pub answer: Option<Answer>,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// No instance was asked for yet.
    Opened,
    Configured,
    /// There is no more, or it cannot be read.
    Ended,
}

/// A line as it is written. Unlike a case, it may lack the answer.
#[derive(Deserialize)]
struct Written {
    #[serde(flatten)]
    step: Step,
    #[serde(default)]
    answer: Option<Answer>,
}

impl<R: BufRead> TraceReader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// Where it cannot be read, or is not one of this version.
    pub fn new(source: R) -> Result<Self, TraceError> {
        let mut reader = Self {
            source,
            header: TraceHeader::default(),
            line: 0,
            text: Vec::new(),
            state: State::Opened,
        };
        if !reader.advance()? {
            return Err(TraceProblem::Empty.at(1));
        }
        let header: TraceHeader = serde_json::from_slice(&reader.text)
            .map_err(|why| TraceProblem::NoHeader(within(&why)).at(1))?;
        if header.version != TRACE_VERSION {
            return Err(TraceProblem::Version(header.version).at(1));
        }
        reader.header = header;
        Ok(reader)
    }

    /// What the trace says of itself.
    #[must_use]
    pub const fn header(&self) -> &TraceHeader {
        &self.header
    }

    fn step(&mut self) -> Result<Option<TraceStep>, TraceError> {
        if !self.advance()? {
            return Ok(None);
        }
        let line = self.line;
        let whole = self.text.ends_with(b"\n");
        let Written { step, answer } = serde_json::from_slice(&self.text).map_err(|why| {
            let why = within(&why);
            let problem = match whole {
                true => TraceProblem::NoStep(why),
                false => TraceProblem::CutOff(why),
            };
            problem.at(line)
        })?;
        if matches!(step, Step::Configure { .. }) {
            self.state = State::Configured;
        } else if self.state == State::Opened {
            return Err(TraceProblem::NotConfigured.at(line));
        }
        Ok(Some(TraceStep { line, step, answer }))
    }

    /// Reads the next line with its line feed. Answers whether there was one.
    fn advance(&mut self) -> Result<bool, TraceError> {
        self.line += 1;
        self.text.clear();
        let bytes_max = TRACE_LINE_BYTES_MAX as u64 + 1;
        let read = (&mut self.source)
            .take(bytes_max)
            .read_until(b'\n', &mut self.text)
            .map_err(|why| TraceProblem::Io(why).at(self.line))?;
        if self.text.strip_suffix(b"\n").unwrap_or(&self.text).len() > TRACE_LINE_BYTES_MAX {
            return Err(TraceProblem::TooLong.at(self.line));
        }
        Ok(read > 0)
    }
}

impl<R: BufRead> Iterator for TraceReader<R> {
    type Item = Result<TraceStep, TraceError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == State::Ended {
            return None;
        }
        let step = self.step().transpose();
        if !matches!(step, Some(Ok(_))) {
            self.state = State::Ended;
        }
        step
    }
}

/// What serde says, with the column alone: to it every line is the first.
fn within(why: &serde_json::Error) -> String {
    let text = why.to_string();
    match text.rsplit_once(" at line ") {
        Some((what, _)) if why.column() > 0 => format!("{what}, at byte {}", why.column()),
        Some((what, _)) => what.to_owned(),
        None => text,
    }
}
