//! A subscriber.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::net::{TcpSocket, TcpStream};
use umbel_sse::{Decoder, Message};

use super::carrier::{Appetite, Carrier, DEFAULT_WINDOW_BYTES, NARROW_WINDOW_BYTES};
use super::http::header;

/// How long a test waits for what must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// An open stream, carried as the test that runs has it.
pub(crate) struct Subscriber {
    pub(crate) head: String,
    carrier: Carrier,
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
        Self::on(stream, topics, headers).await
    }

    /// With these parameters in its query, whatever they are.
    pub(crate) async fn asking(to: SocketAddr, parameters: &[(&str, &str)]) -> Self {
        let socket = TcpStream::connect(to).await.expect("connected");
        let path = format!("/.well-known/mercure?{}", super::form(parameters));
        let (head, carrier) = Carrier::open(socket, &path, &[], Appetite::HEARTY).await;
        Self::made_of(head, carrier)
    }

    /// With so little room ahead of what is read that the hub soon notices when nothing is.
    pub(crate) async fn narrow(to: SocketAddr, topics: &[&str]) -> Self {
        Self::nibbling(to, topics, Appetite::HEARTY.bite_bytes_max).await
    }

    /// As [`Self::narrow`], reading at most so many bytes at a time.
    pub(crate) async fn nibbling(to: SocketAddr, topics: &[&str], bite_bytes_max: usize) -> Self {
        Self::at(to, &path(topics), bite_bytes_max).await
    }

    /// With a socket and a window of the usual 64 KiB, as a client has that says nothing of them.
    pub(crate) async fn usual(to: SocketAddr, topics: &[&str]) -> Self {
        let bite_bytes_max = Appetite::HEARTY.bite_bytes_max;
        Self::ahead(
            to,
            &path(topics),
            DEFAULT_WINDOW_BYTES,
            DEFAULT_WINDOW_BYTES,
            bite_bytes_max,
        )
        .await
    }

    /// As [`Self::usual`], over a connection that is there.
    pub(crate) async fn usual_on(socket: TcpStream, topics: &[&str]) -> Self {
        let appetite = Appetite {
            window_bytes: Some(DEFAULT_WINDOW_BYTES),
            ..Appetite::HEARTY
        };
        let (head, carrier) = Carrier::open(socket, &path(topics), &[], appetite).await;
        Self::made_of(head, carrier)
    }

    async fn at(to: SocketAddr, path: &str, bite_bytes_max: usize) -> Self {
        Self::ahead(to, path, 4096, NARROW_WINDOW_BYTES, bite_bytes_max).await
    }

    async fn ahead(
        to: SocketAddr,
        path: &str,
        socket_bytes: u32,
        window_bytes: u32,
        bite_bytes_max: usize,
    ) -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(socket_bytes).expect("set");
        let socket = socket.connect(to).await.expect("connected");
        let appetite = Appetite {
            window_bytes: Some(window_bytes),
            bite_bytes_max,
        };
        let (head, carrier) = Carrier::open(socket, path, &[], appetite).await;
        Self::made_of(head, carrier)
    }

    /// As [`Self::with`], of this tenant.
    pub(crate) async fn of(
        to: SocketAddr,
        tenant: &str,
        topics: &[&str],
        headers: &[String],
    ) -> Self {
        let socket = TcpStream::connect(to).await.expect("connected");
        let path = path_at(&super::http::path_of(tenant), topics);
        let (head, carrier) = Carrier::open(socket, &path, headers, Appetite::HEARTY).await;
        Self::made_of(head, carrier)
    }

    /// As [`Self::narrow`], of this tenant.
    pub(crate) async fn narrow_of(to: SocketAddr, tenant: &str, topics: &[&str]) -> Self {
        let path = path_at(&super::http::path_of(tenant), topics);
        Self::at(to, &path, Appetite::HEARTY.bite_bytes_max).await
    }

    /// Over a connection that is there.
    pub(crate) async fn on(socket: TcpStream, topics: &[&str], headers: &[String]) -> Self {
        let path = path(topics);
        let (head, carrier) = Carrier::open(socket, &path, headers, Appetite::HEARTY).await;
        Self::made_of(head, carrier)
    }

    /// The stream that was asked for on this HTTP/1.1 connection, and what came of it already.
    pub(crate) async fn follow(socket: TcpStream, early: Vec<u8>) -> Self {
        let (head, carrier) = Carrier::follow(socket, early).await;
        Self::made_of(head, carrier)
    }

    fn made_of(head: String, carrier: Carrier) -> Self {
        assert_eq!(head.split(' ').nth(1), Some("200"), "{head}");
        Self {
            head,
            carrier,
            decoder: Decoder::default(),
            messages: VecDeque::new(),
            closed: false,
        }
    }

    /// The value of a response header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// Whether nothing more will come.
    pub(crate) fn has_ended(&self) -> bool {
        self.closed
    }

    /// Whether it ended, and was not cut off.
    pub(crate) fn ended_cleanly(&self) -> bool {
        self.carrier.ended_cleanly()
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
        let Some(piece) = self.carrier.piece().await else {
            self.closed = true;
            return;
        };
        self.decoder.feed(&piece).expect("a sound stream");
        self.messages.extend(self.decoder.by_ref());
    }
}

fn path(topics: &[&str]) -> String {
    path_at("/.well-known/mercure", topics)
}

fn path_at(hub: &str, topics: &[&str]) -> String {
    let query = super::form(&topics.iter().map(|t| ("topic", *t)).collect::<Vec<_>>());
    format!("{hub}?{query}")
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
