//! What carries a stream to its subscriber.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;

use super::Dechunker;

/// Bytes that are read from a socket at a time.
const BITE_BYTES_MAX: usize = 64 << 10;

/// Bytes that a narrow subscriber lets the hub send ahead on an HTTP/2 stream.
pub(super) const NARROW_WINDOW_BYTES: u32 = 16 << 10;

/// Bytes that a subscriber lets it send ahead that says nothing of it (RFC 9113, 6.9.2).
pub(super) const DEFAULT_WINDOW_BYTES: u32 = 65_535;

/// How streams are carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    /// Without chunks: a stream ends with its connection. Takes the hub's body path.
    Http10,
    /// In chunks. Takes the hub's socket path.
    Http11,
    /// HTTP/2 without TLS. Takes the hub's body path.
    Http2,
}

thread_local! {
    static VERSION: Cell<Version> = const { Cell::new(Version::Http11) };
}

/// How much a subscriber takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Appetite {
    /// What the hub may send ahead of what was read on an HTTP/2 stream; none: megabytes.
    pub(super) window_bytes: Option<u32>,
    /// Bytes that are read from the socket at a time.
    pub(super) bite_bytes_max: usize,
}

impl Appetite {
    /// All there is.
    pub(super) const HEARTY: Self = Self {
        window_bytes: None,
        bite_bytes_max: BITE_BYTES_MAX,
    };
}

/// What carries one stream.
pub(crate) struct Carrier {
    kind: Kind,
    ended: Option<End>,
}

enum Kind {
    Plain(Trickle),
    Chunked(Trickle, Dechunker),
    Http2(Incoming),
}

/// How a stream ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Clean,
    CutOff,
}

/// A socket that is read in bites.
struct Trickle {
    socket: TcpStream,
    bite_bytes_max: usize,
    /// What was read with the head.
    early: Bytes,
}

impl Version {
    /// How streams are carried in the test that runs.
    pub(crate) fn current() -> Self {
        VERSION.get()
    }

    /// Has streams of this thread be carried so.
    pub(super) fn select(self) {
        VERSION.set(self);
    }
}

impl Carrier {
    /// Asks for the stream at `path`, and answers its head as HTTP/1.1 would have it.
    pub(super) async fn open(
        socket: TcpStream,
        path: &str,
        headers: &[String],
        appetite: Appetite,
    ) -> (String, Self) {
        let host = socket.peer_addr().expect("connected");
        let socket = Trickle {
            socket,
            bite_bytes_max: appetite.bite_bytes_max,
            early: Bytes::new(),
        };
        let version = match Version::current() {
            Version::Http2 => {
                let mut request = http::Request::get(format!("http://{host}{path}"));
                for (name, value) in headers.iter().filter_map(|line| line.split_once(": ")) {
                    request = request.header(name, value);
                }
                return Self::open_http2(socket, request, appetite.window_bytes).await;
            }
            Version::Http10 => "1.0",
            Version::Http11 => "1.1",
        };
        let lines: String = headers.iter().map(|h| format!("{h}\r\n")).collect();
        let request = format!("GET {path} HTTP/{version}\r\nHost: {host}\r\n{lines}\r\n");
        Self::open_http1(socket, &request, Vec::new()).await
    }

    /// As [`Self::open`], behind a request that was sent, whose answer begins with `early`.
    pub(super) async fn follow(socket: TcpStream, early: Vec<u8>) -> (String, Self) {
        let socket = Trickle {
            socket,
            bite_bytes_max: BITE_BYTES_MAX,
            early: Bytes::new(),
        };
        Self::open_http1(socket, "", early).await
    }

    async fn open_http1(mut socket: Trickle, request: &str, early: Vec<u8>) -> (String, Self) {
        socket.write_all(request.as_bytes()).await.expect("sent");
        let mut bytes = early;
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                break end;
            }
            let read = socket.read_buf(&mut bytes).await.expect("a head");
            assert!(read > 0, "closed: {:?}", String::from_utf8_lossy(&bytes));
        };
        let head = String::from_utf8(bytes[..end].to_vec()).expect("text");
        socket.early = bytes.split_off(end + 4).into();
        let kind = if head.starts_with("HTTP/1.0") {
            Kind::Plain(socket)
        } else {
            Kind::Chunked(socket, Dechunker::default())
        };
        (head, Self { kind, ended: None })
    }

    async fn open_http2(
        socket: Trickle,
        request: http::request::Builder,
        window_bytes: Option<u32>,
    ) -> (String, Self) {
        let mut builder = hyper::client::conn::http2::Builder::new(TokioExecutor::new());
        if window_bytes.is_some() {
            builder.initial_stream_window_size(window_bytes);
        }
        let made = builder.handshake(TokioIo::new(socket)).await;
        let (mut sender, connection) = made.expect("HTTP/2 with prior knowledge");
        tokio::spawn(connection);
        let request = request.body(Empty::<Bytes>::new()).expect("a request");
        let answer = sender.send_request(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let mut head = format!("HTTP/2 {}", parts.status);
        for (name, value) in &parts.headers {
            head += &format!("\r\n{name}: {}", value.to_str().expect("text"));
        }
        let kind = Kind::Http2(body);
        (head, Self { kind, ended: None })
    }

    /// The next bytes of the stream; none once it has ended.
    pub(super) async fn piece(&mut self) -> Option<Bytes> {
        if self.ended.is_some() {
            return None;
        }
        let read = match &mut self.kind {
            Kind::Plain(socket) => socket.bite().await,
            Kind::Chunked(socket, dechunker) => chunked(socket, dechunker).await,
            Kind::Http2(body) => match body.frame().await {
                Some(Ok(frame)) => Ok(frame.into_data().unwrap_or_default()),
                Some(Err(_)) => Err(End::CutOff),
                None => Err(End::Clean),
            },
        };
        read.map_err(|end| self.ended = Some(end)).ok()
    }

    /// Whether it ended as streams of its version end that were not cut off.
    pub(super) fn ended_cleanly(&self) -> bool {
        self.ended == Some(End::Clean)
    }
}

async fn chunked(socket: &mut Trickle, dechunker: &mut Dechunker) -> Result<Bytes, End> {
    if dechunker.has_ended() {
        return Err(End::Clean);
    }
    let bite = socket.bite().await.map_err(|_| End::CutOff)?;
    Ok(dechunker.feed(&bite).into())
}

impl Trickle {
    async fn bite(&mut self) -> Result<Bytes, End> {
        if !self.early.is_empty() {
            return Ok(std::mem::take(&mut self.early));
        }
        let mut bite = vec![0; self.bite_bytes_max];
        match self.socket.read(&mut bite).await {
            Ok(0) => Err(End::Clean),
            Ok(read) => Ok(Bytes::copy_from_slice(&bite[..read])),
            Err(_) => Err(End::CutOff),
        }
    }
}

impl AsyncRead for Trickle {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let most = self.bite_bytes_max.min(buf.remaining());
        let mut bite = ReadBuf::new(buf.initialize_unfilled_to(most));
        ready!(Pin::new(&mut self.socket).poll_read(cx, &mut bite))?;
        let read = bite.filled().len();
        buf.advance(read);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Trickle {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}
