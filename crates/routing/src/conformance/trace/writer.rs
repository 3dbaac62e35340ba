//! Writes traces.

use std::io::Write;

use serde::Serialize;

use super::{TRACE_LINE_BYTES_MAX, TraceError, TraceHeader, TraceProblem};
use crate::conformance::{Answer, Step};

/// Writes a trace: the header at once, then a line for each call. What it writes, a
/// [`super::TraceReader`] reads as the same.
pub struct TraceWriter<W> {
    sink: W,
    line: u64,
    text: Vec<u8>,
}

/// A line as it is written.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    step: &'a Step,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<&'a Answer>,
}

impl<W: Write> TraceWriter<W> {
    /// Begins a trace with `header`.
    ///
    /// # Errors
    /// Where `sink` takes no more.
    pub fn new(sink: W, header: &TraceHeader) -> Result<Self, TraceError> {
        let mut writer = Self {
            sink,
            line: 0,
            text: Vec::new(),
        };
        writer.write(header)?;
        Ok(writer)
    }

    /// Writes one call, and what was answered where that is known. The first is to be a `configure`.
    ///
    /// # Errors
    /// Where `sink` takes no more, or the line would be too long; then nothing of it was written, and
    /// others may follow.
    pub fn step(&mut self, step: &Step, answer: Option<&Answer>) -> Result<(), TraceError> {
        self.write(&Written { step, answer })
    }

    /// Ends the trace, and gives back where it went.
    ///
    /// # Errors
    /// Where it takes no more.
    pub fn finish(mut self) -> Result<W, TraceError> {
        let flushed = self.sink.flush();
        flushed.map_err(|why| TraceProblem::Io(why).at(self.line))?;
        Ok(self.sink)
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), TraceError> {
        let at = self.line + 1;
        self.text.clear();
        serde_json::to_writer(&mut self.text, line)
            .map_err(|why| TraceProblem::Io(why.into()).at(at))?;
        if self.text.len() > TRACE_LINE_BYTES_MAX {
            return Err(TraceProblem::TooLong.at(at));
        }
        self.text.push(b'\n');
        let written = self.sink.write_all(&self.text);
        written.map_err(|why| TraceProblem::Io(why).at(at))?;
        self.line = at;
        Ok(())
    }
}
