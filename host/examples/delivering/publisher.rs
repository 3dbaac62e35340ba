//! Publications over one connection that is kept.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// One connection, one publication after the other.
pub(crate) struct Publisher {
    socket: TcpStream,
    path: String,
    answer: Vec<u8>,
}

impl Publisher {
    pub(crate) async fn new(address: SocketAddr, path: &str) -> Self {
        Self {
            socket: connect(address).await,
            path: path.to_owned(),
            answer: Vec::new(),
        }
    }

    /// Sends a form and waits for the whole answer, whatever it is; its status, or none once the other end
    /// has closed the connection.
    pub(crate) async fn post(&mut self, form: &str) -> Option<u16> {
        let request = format!(
            "POST {} HTTP/1.1\r\nHost: localhost\r\nContent-Type: \
             application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            self.path,
            form.len()
        );
        self.socket.write_all(request.as_bytes()).await.ok()?;
        self.answer.clear();
        loop {
            let read = self.socket.read_buf(&mut self.answer).await;
            read.ok().filter(|read| *read > 0)?;
            let Some(head) = self.answer.windows(4).position(|w| w == b"\r\n\r\n") else {
                continue;
            };
            let text = String::from_utf8_lossy(&self.answer[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|l| l.strip_prefix("content-length:"));
            let length: usize = length.map_or(0, |l| l.trim().parse().expect("a length"));
            if self.answer.len() >= head + 4 + length {
                return text.split(' ').nth(1)?.parse().ok();
            }
        }
    }
}

pub(crate) async fn connect(address: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(address).await.expect("connects");
    socket.set_nodelay(true).expect("a socket option");
    socket
}
