//! Streams of one tenant.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::publisher::connect;

/// Opens the stream of a tenant, hands what is read to `take`, and goes on for good. Answers once the head
/// has come, or at once where nobody waits for it.
pub(crate) async fn follow(hub: SocketAddr, tenant: &str, mut take: impl FnMut(&[u8]) + 'static) {
    let mut socket = connect(hub).await;
    let path = path(tenant);
    let request = format!("GET {path}?topic=a HTTP/1.1\r\nHost: localhost\r\n\r\n");
    socket.write_all(request.as_bytes()).await.expect("writes");
    tokio::task::spawn_local(async move {
        let mut bytes = vec![0; 64 << 10];
        while let Ok(read @ 1..) = socket.read(&mut bytes).await {
            take(&bytes[..read]);
        }
    });
}

/// Where events of a tenant are published, and streams opened.
pub(crate) fn path(tenant: &str) -> String {
    format!("/t/{tenant}/.well-known/mercure")
}
