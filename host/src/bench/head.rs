//! The head of an answer, read in whatever pieces it comes.

use httparse::{EMPTY_HEADER, Response, Status};

/// Bytes of a head.
pub const HEAD_BYTES_MAX: usize = 16 << 10;

const HEADERS_MAX: usize = 64;

/// What the head of an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its own bytes: what follows them is the body.
    pub bytes: usize,
    /// The status.
    pub status: u16,
    /// Whether the body comes in chunks; else it lasts as long as the connection.
    pub chunked: bool,
    /// Whether the body is an event stream (T1).
    pub event_stream: bool,
}

/// Why a head cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// Not HTTP.
    #[error("the answer is no HTTP: {0}")]
    Format(String),
    /// A head without end.
    #[error("the head of the answer has more than {HEAD_BYTES_MAX} bytes")]
    TooLong,
}

impl Head {
    /// The head that `bytes` begin with; none where its end has not come yet.
    ///
    /// # Errors
    /// Where it is no head, or too long.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, HeadError> {
        let mut headers = [EMPTY_HEADER; HEADERS_MAX];
        let mut response = Response::new(&mut headers);
        let parsed = response
            .parse(bytes)
            .map_err(|error| HeadError::Format(error.to_string()))?;
        let Status::Complete(length) = parsed else {
            return match bytes.len() {
                ..=HEAD_BYTES_MAX => Ok(None),
                _ => Err(HeadError::TooLong),
            };
        };
        let says = |name: &str, value: &str| {
            response.headers.iter().any(|header| {
                let said = String::from_utf8_lossy(header.value).to_ascii_lowercase();
                header.name.eq_ignore_ascii_case(name) && said.trim().starts_with(value)
            })
        };
        Ok(Some(Self {
            bytes: length,
            status: response.code.unwrap_or_default(),
            chunked: says("transfer-encoding", "chunked"),
            event_stream: says("content-type", "text/event-stream"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{HEAD_BYTES_MAX, Head, HeadError};

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\
                     Transfer-Encoding: Chunked\r\n\r\n";
        let with_body = [&head[..], b"3\r\n:\n\n\r\n"].concat();
        for cut in 0..head.len() {
            assert_eq!(Head::parse(&with_body[..cut]), Ok(None), "{cut}");
        }
        let expected = Head {
            bytes: head.len(),
            status: 200,
            chunked: true,
            event_stream: true,
        };
        assert_eq!(Head::parse(&with_body), Ok(Some(expected)));
    }

    #[test]
    fn what_is_no_head_or_has_no_end_is_refused() {
        assert!(matches!(
            Head::parse(b"SSH-2.0-x\r\n"),
            Err(HeadError::Format(_))
        ));
        let endless = format!("HTTP/1.1 200 OK\r\nA: {}", "a".repeat(HEAD_BYTES_MAX));
        assert_eq!(Head::parse(endless.as_bytes()), Err(HeadError::TooLong));
    }
}
