//! One block of the stream, before it is bytes.

use std::io::{Cursor, Write};

use bytes::Bytes;
use memchr::memchr2;

/// Sixteen hexadecimal digits and CRLF: the longest size line of a chunk.
const SIZE_LINE_BYTES_MAX: usize = 18;

/// Ten decimal digits: the longest reconnection time.
const RETRY_BYTES_MAX: usize = 10;

/// What a block says. Fields that are absent write no line.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Block<'a> {
    pub(crate) id: Option<&'a str>,
    pub(crate) kind: Option<&'a str>,
    pub(crate) retry_ms: Option<u32>,
    pub(crate) data: Option<&'a [u8]>,
}

/// The lines of a payload: CR, LF and CRLF all end one, as a browser would read them (F3). A line
/// end at the very end starts one more, empty line, so that it survives the joining by LF (F8).
struct Lines<'a>(Option<&'a [u8]>);

impl Block<'_> {
    /// The block as one HTTP/1.1 chunk, and where in it the block starts. One allocation: the
    /// block is walked once to measure it and once to write it.
    pub(crate) fn chunk(&self) -> (Bytes, u8) {
        let mut len = 0;
        self.pieces(&mut |piece| len += piece.len());
        let mut line = [0; SIZE_LINE_BYTES_MAX];
        let size = print(&mut line, format_args!("{len:x}\r\n"));
        let mut chunk = Vec::with_capacity(size.len() + len + 2);
        chunk.extend_from_slice(size);
        self.pieces(&mut |piece| chunk.extend_from_slice(piece));
        chunk.extend_from_slice(b"\r\n");
        let start = u8::try_from(size.len()).expect("a size line is short");
        (chunk.into(), start)
    }

    /// Hands the bytes of the block to `put`, piece by piece, the same ones at every call.
    fn pieces(&self, put: &mut impl FnMut(&[u8])) {
        if let Some(id) = self.id {
            put_name(put, b"id: ", id);
        }
        if let Some(kind) = self.kind {
            put_name(put, b"event: ", kind);
        }
        if let Some(ms) = self.retry_ms {
            let mut digits = [0; RETRY_BYTES_MAX];
            put_line(put, b"retry: ", print(&mut digits, format_args!("{ms}")));
        }
        for line in Lines(self.data) {
            put_line(put, b"data: ", line);
        }
        put(b"\n");
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.0.take()?;
        let Some(end) = memchr2(b'\r', b'\n', rest) else {
            return Some(rest);
        };
        let after = if rest[end..].starts_with(b"\r\n") {
            end + 2
        } else {
            end + 1
        };
        self.0 = Some(&rest[after..]);
        Some(&rest[..end])
    }
}

/// A field of one line, up to the first line end, so that no name can smuggle in a field (F10, F15).
/// Event ids and kinds cannot hold one; this is the last door for whatever else comes to be a name.
fn put_name(put: &mut impl FnMut(&[u8]), field: &[u8], name: &str) {
    let line = Lines(Some(name.as_bytes())).next().unwrap_or_default();
    put_line(put, field, line);
}

/// `field` ends with the one space that a reader strips (F6).
fn put_line(put: &mut impl FnMut(&[u8]), field: &[u8], line: &[u8]) {
    put(field);
    put(line);
    put(b"\n");
}

fn print<'a>(buffer: &'a mut [u8], text: std::fmt::Arguments<'_>) -> &'a [u8] {
    let mut cursor = Cursor::new(&mut *buffer);
    cursor
        .write_fmt(text)
        .expect("the buffer fits the longest number");
    let len = usize::try_from(cursor.position()).expect("a position within a slice");
    &buffer[..len]
}
