//! HTTP/1.0, HTTP/1.1 and HTTP/2 without TLS.

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use umbel_sse::Decoder;

use crate::rig::{Publisher, Server, run};

#[test]
fn http_1_0_gets_a_stream_that_ends_with_the_connection() {
    run(async {
        let server = Server::start("");
        let mut socket = TcpStream::connect(server.hub).await.expect("connected");
        let request = "GET /.well-known/mercure?topic=t HTTP/1.0\r\n\r\n";
        socket.write_all(request.as_bytes()).await.expect("sent");
        let mut bytes = Vec::new();
        while !bytes.windows(6).any(|w| w == b"retry:") {
            assert!(socket.read_buf(&mut bytes).await.expect("read") > 0);
        }
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        assert!(
            text.contains(" 200 ") && !text.contains("transfer-encoding"),
            "{text}"
        );
        Publisher::connect(server.hub)
            .await
            .publish("t", "over 1.0")
            .await;
        while !bytes.windows(14).any(|w| w == b"data: over 1.0") {
            assert!(socket.read_buf(&mut bytes).await.expect("read") > 0);
        }
    });
}

#[test]
fn many_streams_share_one_http_2_connection_and_each_ends_alone() {
    run(async {
        let server = Server::start("");
        let socket = TcpStream::connect(server.hub).await.expect("connected");
        let (sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(socket))
                .await
                .expect("HTTP/2 with prior knowledge");
        tokio::spawn(connection);
        let mut streams = Vec::new();
        for n in 0..50 {
            let request = http::Request::get(format!(
                "http://{}/.well-known/mercure?topic=t{n}",
                server.hub
            ))
            .body(Empty::<Bytes>::new())
            .expect("a request");
            let answer = sender
                .clone()
                .send_request(request)
                .await
                .expect("an answer");
            assert_eq!(answer.status(), 200);
            assert_eq!(
                answer.headers().get("connection"),
                None,
                "no such header on HTTP/2"
            );
            streams.push(answer.into_body());
        }
        let mut publisher = Publisher::connect(server.hub).await;
        for n in 0..50 {
            publisher.publish(&format!("t{n}"), &n.to_string()).await;
        }
        for (n, body) in streams.iter_mut().enumerate() {
            let mut decoder = Decoder::default();
            let message = loop {
                if let Some(message) = decoder.next() {
                    break message;
                }
                let frame = body.frame().await.expect("more").expect("a sound stream");
                decoder
                    .feed(&frame.into_data().expect("data"))
                    .expect("a sound stream");
            };
            assert_eq!(message.data, n.to_string());
        }
        streams.truncate(10);
        let ten_left = async || server.subscribers().await == 10.0;
        crate::rig::wait_until(std::time::Duration::from_secs(2), "forty left", ten_left).await;
    });
}
