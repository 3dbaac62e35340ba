//! The HTTP/1.1 chunked coding (RFC 9112, section 7.1), read in whatever pieces it comes.

/// Bytes of a line that gives the size of a chunk, extensions included.
const SIZE_LINE_BYTES_MAX: usize = 4 << 10;

/// Takes the chunked coding off a stream. Holds nothing of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dechunker {
    state: State,
    /// Of the chunk whose size line was read last.
    left: u64,
    /// Bytes of the size line so far.
    line: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Within the digits of a size line.
    #[default]
    Size,
    /// Behind them, up to the line end.
    Rest,
    /// Within a chunk.
    Data,
    /// At the line end behind a chunk.
    End,
    /// Behind the last chunk: trailers mean nothing to a stream.
    Done,
}

/// A stream that is not chunked as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the chunked coding of the stream is broken")]
pub struct ChunkError;

impl Dechunker {
    /// Hands the payload of `bytes` to `sink`, in pieces.
    ///
    /// # Errors
    /// Where they are not chunked as they should be.
    pub fn feed(
        &mut self,
        mut bytes: &[u8],
        mut sink: impl FnMut(&[u8]),
    ) -> Result<(), ChunkError> {
        while let Some(&byte) = bytes.first() {
            match self.state {
                State::Done => return Ok(()),
                State::Data => {
                    let left = usize::try_from(self.left).unwrap_or(usize::MAX);
                    let (part, rest) = bytes.split_at(left.min(bytes.len()));
                    sink(part);
                    self.left -= part.len() as u64;
                    if self.left == 0 {
                        self.state = State::End;
                    }
                    bytes = rest;
                    continue;
                }
                State::Size | State::Rest => self.size_line(byte)?,
                State::End => match byte {
                    b'\r' => {}
                    b'\n' => self.state = State::Size,
                    _ => return Err(ChunkError),
                },
            }
            bytes = &bytes[1..];
        }
        Ok(())
    }

    /// Whether the last chunk came: the stream ended cleanly.
    pub fn has_ended(self) -> bool {
        self.state == State::Done
    }

    fn size_line(&mut self, byte: u8) -> Result<(), ChunkError> {
        if byte == b'\n' {
            // A line without digits says nothing.
            let digits = std::mem::take(&mut self.line) > 0;
            self.state = match self.left {
                0 => State::Done,
                _ => State::Data,
            };
            return if digits { Ok(()) } else { Err(ChunkError) };
        }
        let digit = char::from(byte).to_digit(16);
        match (self.state, digit) {
            (State::Size, Some(digit)) if self.left >> 60 == 0 => {
                self.left = self.left << 4 | u64::from(digit);
            }
            (State::Size, Some(_)) => return Err(ChunkError),
            (State::Size, None) if self.line == 0 || !ends_size(byte) => return Err(ChunkError),
            _ => self.state = State::Rest,
        }
        self.line += 1;
        match self.line {
            ..=SIZE_LINE_BYTES_MAX => Ok(()),
            _ => Err(ChunkError),
        }
    }
}

/// What may follow the digits of a size: an extension, white space before one, or the end of the line (RFC 9112,
/// section 7.1).
fn ends_size(byte: u8) -> bool {
    matches!(byte, b';' | b' ' | b'\t' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::{ChunkError, Dechunker, SIZE_LINE_BYTES_MAX};

    fn feed(pieces: &[&[u8]]) -> Result<(String, bool), ChunkError> {
        let (mut dechunker, mut text) = (Dechunker::default(), Vec::new());
        for piece in pieces {
            dechunker.feed(piece, |part| text.extend_from_slice(part))?;
        }
        let text = String::from_utf8(text).expect("text");
        Ok((text, dechunker.has_ended()))
    }

    #[test]
    fn chunks_are_read_whatever_their_cuts() {
        let wire = b"5\r\nhello\r\n1;x=\"y\"\r\n,\r\nA\r\n0123456789\r\n0\r\n\r\n";
        for step in 1..=wire.len() {
            let pieces: Vec<&[u8]> = wire.chunks(step).collect();
            let expected = ("hello,0123456789".to_owned(), true);
            assert_eq!(feed(&pieces), Ok(expected), "{step}");
        }
    }

    #[test]
    fn what_is_not_chunked_is_found_out() {
        let long = "0".repeat(SIZE_LINE_BYTES_MAX + 1);
        for wire in [
            &b"data: x\n\n"[..],
            b"\r\n",
            b"g\r\n",
            b"1\r\nab\r\n",
            b"fffffffffffffffff\r\n",
            long.as_bytes(),
        ] {
            assert_eq!(feed(&[wire]), Err(ChunkError), "{wire:?}");
        }
        assert_eq!(feed(&[b"3\r\nab"]), Ok(("ab".to_owned(), false)));
    }
}
