//! Which protocol a connection speaks.

use std::future::poll_fn;
use std::io;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::Connection;

/// What a client sends first that knows beforehand that the server speaks HTTP/2 (RFC 9113, section
/// 3.4).
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Which protocol a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/1.0 or 1.1.
    Http1,
    /// HTTP/2 without TLS, with prior knowledge.
    Http2,
}

impl Protocol {
    /// What `first`, the first bytes, tell; `None` while they do not yet.
    fn of(first: &[u8]) -> Option<Self> {
        let n = first.len().min(HTTP2_PREFACE.len());
        if first[..n] != HTTP2_PREFACE[..n] {
            Some(Self::Http1)
        } else if n == HTTP2_PREFACE.len() {
            Some(Self::Http2)
        } else {
            None
        }
    }
}

/// Reads until the protocol is told; what was read is kept for hyper. `None` where the connection ended
/// before.
pub(super) async fn tell_protocol(connection: &Rc<Connection>) -> Option<Protocol> {
    let mut first = Vec::new();
    poll_fn(|cx| {
        connection.remember(cx.waker());
        if connection.ended().is_some() || (connection.is_draining() && first.is_empty()) {
            return Poll::Ready(None);
        }
        loop {
            match ready!(poll_more(connection, cx, &mut first)) {
                Ok(0) | Err(_) => return Poll::Ready(None),
                Ok(_) => connection.read(),
            }
            if let Some(protocol) = Protocol::of(&first) {
                if protocol == Protocol::Http2 {
                    connection.activity.multiplexes();
                }
                connection.early.set(Bytes::copy_from_slice(&first));
                return Poll::Ready(Some(protocol));
            }
        }
    })
    .await
}

fn poll_more(
    connection: &Connection,
    cx: &mut Context<'_>,
    into: &mut Vec<u8>,
) -> Poll<io::Result<usize>> {
    loop {
        ready!(connection.stream().poll_read_ready(cx))?;
        let read = connection.owner.with_scratch(|scratch| {
            let n = connection.stream().try_read(scratch)?;
            into.extend_from_slice(&scratch[..n]);
            Ok(n)
        });
        match read {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            read => return Poll::Ready(read),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{HTTP2_PREFACE, Protocol};

    #[test]
    fn the_first_bytes_tell_the_protocol_as_soon_as_they_can() {
        assert_eq!(Protocol::of(b""), None);
        assert_eq!(Protocol::of(b"G"), Some(Protocol::Http1));
        assert_eq!(Protocol::of(b"P"), None);
        assert_eq!(Protocol::of(b"PO"), Some(Protocol::Http1));
        for n in 1..HTTP2_PREFACE.len() {
            assert_eq!(Protocol::of(&HTTP2_PREFACE[..n]), None, "{n} bytes");
        }
        assert_eq!(Protocol::of(HTTP2_PREFACE), Some(Protocol::Http2));
        assert_eq!(
            Protocol::of(&[HTTP2_PREFACE, b"more"].concat()),
            Some(Protocol::Http2)
        );
    }
}
