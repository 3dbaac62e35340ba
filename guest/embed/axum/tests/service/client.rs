//! Who speaks to the service.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpSocket;
use umbel_sse::{Decoder, Message};

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(30);
/// What the kernel may hold for a client, so that one that does not read is soon noticed.
const RECEIVE_BYTES: u32 = 4096;

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// One request on a connection of its own.
pub(crate) async fn ask(to: SocketAddr, method: &str, path: &str, body: &str) -> Answer {
    let response = tokio::time::timeout(PATIENCE, send(to, method, path, body)).await;
    let response = response.expect("an answer in time");
    let status = response.status().as_u16();
    let body = response
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    Answer {
        status,
        body: String::from_utf8(body.into()).expect("text"),
    }
}

async fn send(to: SocketAddr, method: &str, path: &str, body: &str) -> Response<Incoming> {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_recv_buffer_size(RECEIVE_BYTES).expect("set");
    let socket = socket.connect(to).await.expect("connected");
    let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
        .max_buf_size(8192)
        .handshake(TokioIo::new(socket))
        .await
        .expect("a connection");
    tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", to.to_string())
        .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
        .expect("a request");
    sender.send_request(request).await.expect("answered")
}

/// An open stream.
pub(crate) struct Subscriber {
    body: Incoming,
    decoder: Decoder,
    messages: VecDeque<Message>,
}

impl Subscriber {
    pub(crate) async fn open(to: SocketAddr, query: &str) -> Self {
        let path = format!("/events?{query}");
        let response = tokio::time::timeout(PATIENCE, send(to, "GET", &path, "")).await;
        let response = response.expect("an answer in time");
        assert_eq!(response.status(), 200, "{query}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self {
            body: response.into_body(),
            decoder: Decoder::default(),
            messages: VecDeque::new(),
        }
    }

    /// The next message; none once the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(PATIENCE, self.read_on());
        next.await.expect("something comes in time")
    }

    /// As [`Self::next`], with all the time in the world: heartbeats go on.
    async fn read_on(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Some(message);
            }
            let frame = self.body.frame().await?;
            let piece = frame.expect("a sound stream").into_data().expect("data");
            self.decoder.feed(&piece).expect("event-stream bytes");
            self.messages.extend(self.decoder.by_ref());
        }
    }

    /// The payloads of the next `count` messages.
    pub(crate) async fn data(&mut self, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        while all.len() < count {
            all.push(self.next().await.expect("the stream goes on").data);
        }
        all
    }
}
