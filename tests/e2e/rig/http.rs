//! Requests that are not streams.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Subscriber;

/// The answer to a request.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The value of a response header, whatever its case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

/// The value of a header in a head, whatever the case of its name.
pub(crate) fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let fields = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    fields
        .into_iter()
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, v)| v.trim())
}

/// One GET on a connection of its own.
pub(crate) async fn get(to: SocketAddr, path: &str, headers: &[&str]) -> Answer {
    let socket = TcpStream::connect(to).await.expect("connected");
    get_on(socket, to, path, headers).await
}

/// As [`get`], over this connection.
pub(crate) async fn get_on(
    mut socket: TcpStream,
    host: SocketAddr,
    path: &str,
    headers: &[&str],
) -> Answer {
    let lines: String = headers.iter().map(|h| format!("{h}\r\n")).collect();
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n");
    socket.write_all(request.as_bytes()).await.expect("sent");
    only_answer(&mut socket).await
}

/// These bytes on a connection of its own, and what comes back until it closes or is whole.
pub(crate) async fn raw(to: SocketAddr, request: impl AsRef<[u8]>) -> Answer {
    let mut stream = TcpStream::connect(to).await.expect("connected");
    stream.write_all(request.as_ref()).await.expect("sent");
    only_answer(&mut stream).await
}

async fn only_answer(stream: &mut TcpStream) -> Answer {
    let answer = read_answer(stream, &mut Vec::new()).await;
    answer.expect("an answer").0
}

/// A form body.
pub(crate) fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

/// A publisher on one connection, kept open.
pub(crate) struct Publisher {
    stream: TcpStream,
    host: SocketAddr,
    token: Option<String>,
    /// What came behind the answer that was read last.
    early: Vec<u8>,
    /// Of the hub.
    path: String,
}

/// The path of the hub of a tenant.
pub(crate) fn path_of(tenant: &str) -> String {
    format!("/t/{tenant}/.well-known/mercure")
}

impl Publisher {
    pub(crate) async fn connect(to: SocketAddr) -> Self {
        let stream = TcpStream::connect(to).await.expect("connected");
        Self::over(stream, to)
    }

    /// Over a connection to `host` that is there.
    pub(crate) fn over(stream: TcpStream, host: SocketAddr) -> Self {
        stream.set_nodelay(true).expect("set");
        Self {
            stream,
            host,
            token: None,
            early: Vec::new(),
            path: "/.well-known/mercure".to_owned(),
        }
    }

    /// To this tenant.
    pub(crate) fn of(mut self, tenant: &str) -> Self {
        self.path = path_of(tenant);
        self
    }

    pub(crate) fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// Publishes, and answers the id; panics where it is refused.
    pub(crate) async fn publish(&mut self, topic: &str, data: &str) -> String {
        let answer = self.post(&form(&[("topic", topic), ("data", data)])).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// Posts a form.
    pub(crate) async fn post(&mut self, body: &str) -> Answer {
        let request = self.request(body);
        self.send(&request).await;
        self.answer().await.expect("an answer")
    }

    /// The request that [`Self::post`] sends.
    pub(crate) fn request(&self, body: &str) -> String {
        let token = self
            .token
            .as_ref()
            .map(|t| format!("Authorization: Bearer {t}\r\n"));
        format!(
            "POST {} HTTP/1.1\r\nHost: {}\r\n{}Content-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            self.path,
            self.host,
            token.unwrap_or_default(),
            body.len()
        )
    }

    /// Sends `requests` as they are.
    pub(crate) async fn send(&mut self, requests: &str) {
        let sent = self.stream.write_all(requests.as_bytes()).await;
        sent.expect("sent");
    }

    /// The stream that a request of [`Self::send`] asked for; all answers before it were read.
    pub(crate) async fn into_stream(self) -> Subscriber {
        Subscriber::follow(self.stream, self.early).await
    }

    /// The next answer; none once the connection has ended.
    pub(crate) async fn answer(&mut self) -> Option<Answer> {
        let (answer, length) = read_answer(&mut self.stream, &mut self.early).await?;
        self.early.drain(..length);
        Some(answer)
    }
}

/// The answer that `early` begins with or that comes behind it, and its length.
async fn read_answer(stream: &mut TcpStream, early: &mut Vec<u8>) -> Option<(Answer, usize)> {
    loop {
        if let Some(answer) = whole(early, false) {
            return Some(answer);
        }
        // A reset is an end like any other here.
        if !matches!(stream.read_buf(early).await, Ok(1..)) {
            break;
        }
    }
    let cut = || panic!("{:?}", String::from_utf8_lossy(early));
    (!early.is_empty()).then(|| whole(early, true).unwrap_or_else(cut))
}

/// The answer that `bytes` begin with, once it is whole, and its length.
fn whole(bytes: &[u8], closed: bool) -> Option<(Answer, usize)> {
    let end = bytes.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let body = &bytes[end + 4..];
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let (body, length) = if header(&head, "transfer-encoding").is_some() {
        let mut dechunker = super::Dechunker::default();
        let read = dechunker.feed(body);
        if !dechunker.has_ended() && !closed {
            return None;
        }
        (read, body.len())
    } else {
        let length = header(&head, "content-length").and_then(|l| l.parse().ok());
        if !closed && body.len() < length.unwrap_or(usize::MAX) {
            return None;
        }
        let length = length.unwrap_or(body.len()).min(body.len());
        (body[..length].to_vec(), length)
    };
    let answer = Answer {
        status,
        head,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    Some((answer, end + 4 + length))
}
