//! The HTTP/1.1 chunked coding, read in whatever pieces it comes.

/// Takes the chunked coding (RFC 9112, section 7.1) off a stream.
#[derive(Debug, Default)]
pub(crate) struct Dechunker {
    held: Vec<u8>,
    left: usize,
    ended: bool,
}

impl Dechunker {
    /// What `bytes` carry.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.held.extend_from_slice(bytes);
        let mut out = Vec::new();
        let mut at = 0;
        while !self.ended {
            if self.left == 0 {
                let Some(end) = find(&self.held[at..]) else {
                    break;
                };
                let size = std::str::from_utf8(&self.held[at..at + end]).expect("a chunk size");
                let size = usize::from_str_radix(size.trim(), 16).expect("a chunk size");
                if self.held.len() < at + end + 4 && size == 0 {
                    break;
                }
                at += end + 2;
                self.ended = size == 0;
                // With the CRLF behind the chunk.
                self.left = size + 2;
                continue;
            }
            let part = self.left.min(self.held.len() - at);
            if part == 0 {
                break;
            }
            let payload = self.left.saturating_sub(2).min(part);
            out.extend_from_slice(&self.held[at..at + payload]);
            at += part;
            self.left -= part;
        }
        self.held.drain(..at);
        out
    }

    /// Whether the last chunk came: a clean end.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }
}

fn find(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|w| w == b"\r\n")
}

#[test]
fn chunks_are_read_whatever_their_cuts() {
    let wire = b"5\r\nhello\r\n1\r\n,\r\na\r\n0123456789\r\n0\r\n\r\n";
    for step in 1..wire.len() {
        let mut dechunker = Dechunker::default();
        let read: Vec<u8> = wire.chunks(step).flat_map(|c| dechunker.feed(c)).collect();
        assert_eq!(read, b"hello,0123456789", "{step}");
        assert!(dechunker.has_ended(), "{step}");
    }
}
