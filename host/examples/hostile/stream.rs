//! Streams and publications over HTTP/1.1.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Opens the stream of a tenant, hands what is read to `take`, and goes on for good. Answers once the head
/// has come, or at once where nobody waits for it.
pub(crate) async fn follow(hub: SocketAddr, tenant: &str, mut take: impl FnMut(&[u8]) + 'static) {
    let mut socket = connect(hub).await;
    let request =
        format!("GET /t/{tenant}/.well-known/mercure?topic=a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("writes");
    tokio::task::spawn_local(async move {
        let mut bytes = vec![0; 64 << 10];
        while let Ok(read @ 1..) = socket.read(&mut bytes).await {
            take(&bytes[..read]);
        }
    });
}

/// A connection that publishes to a tenant.
pub(crate) struct Publisher {
    socket: TcpStream,
    tenant: String,
}

impl Publisher {
    pub(crate) async fn new(hub: SocketAddr, tenant: &str) -> Self {
        Self {
            socket: connect(hub).await,
            tenant: tenant.to_owned(),
        }
    }

    /// Publishes and waits for the answer, whatever it is; false once the hub has closed the connection.
    pub(crate) async fn publish(&mut self, data: &str) -> bool {
        let body = format!("topic=a&data={data}");
        let request = format!(
            "POST /t/{}/.well-known/mercure HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
            self.tenant,
            body.len()
        );
        let mut answer = [0; 1024];
        self.socket.write_all(request.as_bytes()).await.is_ok()
            && matches!(self.socket.read(&mut answer).await, Ok(1..))
    }
}

async fn connect(hub: SocketAddr) -> TcpStream {
    let socket = TcpStream::connect(hub).await.expect("connects");
    socket.set_nodelay(true).expect("a socket option");
    socket
}
