//! Streams that are read as they come, over HTTP/1.1 and over HTTP/2 without TLS.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::flight::{Flight, Track};
use crate::load::Protocol;
use crate::publisher::connect;

/// Of a payload: a mark, eight digits, a dot.
const STAMP_BYTES: usize = 11;
/// What a browser grants a connection and a stream.
const CONNECTION_WINDOW_BYTES: u32 = 15 << 20;
const STREAM_WINDOW_BYTES: u32 = 6 << 20;
/// All HTTP/1.1 streams are read into it, one at a time.
const SCRATCH_BYTES: usize = 64 << 10;

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = RefCell::new(vec![0; SCRATCH_BYTES]);
}

/// One stream and what was left of its last read.
struct Stream {
    track: Track,
    rest: Vec<u8>,
    flight: Rc<Flight>,
}

/// Opens streams one after the other, as many over one connection as the load says.
pub(crate) struct Opener {
    address: SocketAddr,
    protocol: Protocol,
    /// The HTTP/2 connection that has room, and for how many.
    shared: Option<(SendRequest<Empty<Bytes>>, usize)>,
}

impl Opener {
    pub(crate) fn new(address: SocketAddr, protocol: Protocol) -> Self {
        Self {
            address,
            protocol,
            shared: None,
        }
    }

    /// Opens a stream; a task of its own reads it.
    pub(crate) async fn open(&mut self, path: &str, track: Track, flight: &Rc<Flight>) {
        let stream = Stream {
            track,
            rest: Vec::new(),
            flight: Rc::clone(flight),
        };
        let streams = match self.protocol {
            Protocol::Http1 => {
                return over_http1(connect(self.address).await, path, 1, stream).await;
            }
            Protocol::Http10 => {
                return over_http1(connect(self.address).await, path, 0, stream).await;
            }
            Protocol::H2c { streams } => streams,
        };
        let (requests, room) = match self.shared.take().filter(|(_, room)| *room > 0) {
            Some(shared) => shared,
            None => (handshake(connect(self.address).await).await, streams),
        };
        over_http2(requests.clone(), path, stream).await;
        self.shared = Some((requests, room - 1));
    }
}

async fn over_http1(mut socket: TcpStream, path: &str, minor: u8, mut stream: Stream) {
    let request = format!("GET {path} HTTP/1.{minor}\r\nHost: localhost\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("writes");
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        let read = socket.read_buf(&mut head).await.expect("reads");
        assert!(read > 0, "the hub closed");
    }
    assert!(head.starts_with(b"HTTP/1.") && head[8..].starts_with(b" 200"));
    tokio::task::spawn_local(async move {
        while socket.readable().await.is_ok() {
            let read = SCRATCH.with_borrow_mut(|scratch| match socket.try_read(scratch) {
                Ok(read) => {
                    stream.take(&scratch[..read]);
                    read > 0
                }
                Err(error) => error.kind() == std::io::ErrorKind::WouldBlock,
            });
            if !read {
                return;
            }
        }
    });
}

async fn handshake(socket: TcpStream) -> SendRequest<Empty<Bytes>> {
    let mut builder = http2::Builder::new(Local);
    builder
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .initial_stream_window_size(STREAM_WINDOW_BYTES);
    let io = TokioIo::new(socket);
    let (requests, connection) = builder.handshake(io).await.expect("speaks HTTP/2");
    tokio::task::spawn_local(connection);
    requests
}

async fn over_http2(mut requests: SendRequest<Empty<Bytes>>, path: &str, mut stream: Stream) {
    let request = http::Request::get(format!("http://localhost{path}"))
        .body(Empty::<Bytes>::new())
        .expect("a request");
    let answer = requests.send_request(request).await.expect("answers");
    assert!(answer.status().is_success());
    tokio::task::spawn_local(async move {
        let _requests = requests;
        let mut body = answer.into_body();
        while let Some(Ok(frame)) = body.frame().await {
            if let Ok(data) = frame.into_data() {
                stream.take(&data);
            }
        }
    });
}

impl Stream {
    /// Looks for stamps in what has come.
    fn take(&mut self, bytes: &[u8]) {
        let joined;
        let mut bytes = bytes;
        if !self.rest.is_empty() {
            self.rest.extend_from_slice(bytes);
            joined = std::mem::take(&mut self.rest);
            bytes = &joined;
        }
        while let Some(at) = mark(bytes) {
            let Some(stamp) = bytes.get(at..at + STAMP_BYTES) else {
                self.rest = bytes[at..].to_vec();
                return;
            };
            let digits = std::str::from_utf8(&stamp[2..10]).expect("digits");
            let event = usize::from_str_radix(digits, 16).expect("a number");
            self.flight.land(&mut self.track, event);
            bytes = &bytes[at + STAMP_BYTES..];
        }
    }
}

/// Where the next mark begins; the payloads hold no other at-signs.
fn mark(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|&byte| byte == b'@')
}

/// Runs a connection's tasks on this thread.
#[derive(Clone)]
struct Local;

impl<F: Future<Output = ()> + 'static> hyper::rt::Executor<F> for Local {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
