//! A subscriber on a plain socket.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use umbel_sse::{Decoder, Message};

use super::Dechunker;
use super::http::header;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open stream, read over a plain HTTP/1.1 socket.
pub(crate) struct Subscriber {
    pub(crate) socket: TcpStream,
    pub(crate) head: String,
    dechunker: Dechunker,
    decoder: Decoder,
    messages: VecDeque<Message>,
    closed: bool,
}

impl Subscriber {
    /// Subscribes to these selectors.
    pub(crate) async fn open(to: SocketAddr, topics: &[&str]) -> Self {
        Self::with(to, topics, &[]).await
    }

    /// As [`Self::open`], with further header lines.
    pub(crate) async fn with(to: SocketAddr, topics: &[&str], headers: &[String]) -> Self {
        let stream = TcpStream::connect(to).await.expect("connected");
        Self::on(stream, to, topics, headers).await
    }

    /// With a receive buffer so small that the hub soon notices when nothing is read.
    pub(crate) async fn narrow(to: SocketAddr, topics: &[&str]) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("set");
        let stream = socket.connect(to).await.expect("connected");
        Self::on(stream, to, topics, &[]).await
    }

    /// As [`Self::with`], of this tenant.
    pub(crate) async fn of(
        to: SocketAddr,
        tenant: &str,
        topics: &[&str],
        headers: &[String],
    ) -> Self {
        let stream = TcpStream::connect(to).await.expect("connected");
        let request = request(&super::http::path_of(tenant), to, topics, headers);
        Self::asking(stream, &request).await
    }

    /// As [`Self::narrow`], of this tenant.
    pub(crate) async fn narrow_of(to: SocketAddr, tenant: &str, topics: &[&str]) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("set");
        let stream = socket.connect(to).await.expect("connected");
        let request = request(&super::http::path_of(tenant), to, topics, &[]);
        Self::asking(stream, &request).await
    }

    /// Over a connection that is there.
    pub(crate) async fn on(
        socket: TcpStream,
        to: SocketAddr,
        topics: &[&str],
        headers: &[String],
    ) -> Self {
        let request = request("/.well-known/mercure", to, topics, headers);
        Self::asking(socket, &request).await
    }

    async fn asking(mut socket: TcpStream, request: &str) -> Self {
        socket.write_all(request.as_bytes()).await.expect("sent");
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                break end;
            }
            let read = socket.read_buf(&mut bytes).await.expect("a head");
            assert!(read > 0, "closed: {:?}", String::from_utf8_lossy(&bytes));
        };
        let mut subscriber = Self {
            socket,
            head: String::from_utf8(bytes[..end].to_vec()).expect("text"),
            dechunker: Dechunker::default(),
            decoder: Decoder::default(),
            messages: VecDeque::new(),
            closed: false,
        };
        assert!(
            subscriber.head.starts_with("HTTP/1.1 200"),
            "{}",
            subscriber.head
        );
        subscriber.take_in(&bytes[end + 4..]);
        subscriber
    }

    /// The value of a response header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// Whether it has ended, in whichever way.
    pub(crate) fn has_ended(&self) -> bool {
        self.closed
    }

    /// Whether it ended with its last chunk.
    pub(crate) fn ended_cleanly(&self) -> bool {
        self.dechunker.has_ended()
    }

    pub(crate) fn comments(&self) -> u64 {
        self.decoder.comments()
    }

    pub(crate) fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }

    pub(crate) fn reconnection_ms(&self) -> Option<u64> {
        self.decoder.reconnection_ms()
    }

    /// The next message; none once the stream has ended. Panics where neither comes in time.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Some(message);
            }
            if self.closed {
                return None;
            }
            tokio::time::timeout(PATIENCE, self.read_on())
                .await
                .expect("something comes in time");
        }
    }

    /// The data of the next `count` messages.
    pub(crate) async fn data(&mut self, count: usize) -> Vec<String> {
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let Some(message) = self.next().await else {
                break;
            };
            all.push(message.data);
        }
        all
    }

    /// The messages that have come and were not asked for yet.
    pub(crate) fn take(&mut self) -> VecDeque<Message> {
        std::mem::take(&mut self.messages)
    }

    /// All messages until nothing has come for `quiet`.
    pub(crate) async fn until_quiet(&mut self, quiet: Duration) -> Vec<Message> {
        let mut all = Vec::new();
        while let Ok(Some(message)) = tokio::time::timeout(quiet, self.next()).await {
            all.push(message);
        }
        all
    }

    /// Reads one piece.
    pub(crate) async fn read_on(&mut self) {
        let mut piece = [0; 64 * 1024];
        match self.socket.read(&mut piece).await {
            Ok(read) if read > 0 => self.take_in(&piece[..read]),
            _ => self.closed = true,
        }
    }

    fn take_in(&mut self, bytes: &[u8]) {
        let bytes = self.dechunker.feed(bytes);
        self.decoder.feed(&bytes).expect("a sound stream");
        self.messages.extend(self.decoder.by_ref());
        self.closed |= self.dechunker.has_ended();
    }
}

fn request(path: &str, to: SocketAddr, topics: &[&str], headers: &[String]) -> String {
    let query = super::form(&topics.iter().map(|t| ("topic", *t)).collect::<Vec<_>>());
    let lines: String = headers.iter().map(|h| format!("{h}\r\n")).collect();
    format!("GET {path}?{query} HTTP/1.1\r\nHost: {to}\r\nAccept: text/event-stream\r\n{lines}\r\n")
}

/// Waits until `holds`, looking every few milliseconds; answers how long it took. Panics where it
/// takes longer than `limit`.
pub(crate) async fn wait_until(
    limit: Duration,
    what: &str,
    mut holds: impl AsyncFnMut() -> bool,
) -> Duration {
    let started = Instant::now();
    while !holds().await {
        assert!(started.elapsed() < limit, "{what}: not within {limit:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    started.elapsed()
}
