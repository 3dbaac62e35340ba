//! HTTP/2: what one connection carries beside what, and streams whose window is shut.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::join_all;
use http::Response;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use super::{PATIENCE, Running, patient, read_until, send, until, with_limits};
use crate::server::ConnectionLimits;

type Sender = SendRequest<UnsyncBoxBody<Bytes, Infallible>>;

/// What an HTTP/2 client sends first: the preface, and settings that are as they are by default.
const OPENING: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Bytes of a stream that a client takes without reading.
const WINDOW_BYTES: u32 = 4 << 10;

/// A connection whose streams have a window of so many bytes.
async fn connect(to: SocketAddr, window_bytes: u32) -> Sender {
    let socket = TcpStream::connect(to).await.unwrap();
    let mut builder = Builder::new(TokioExecutor::new());
    builder.initial_stream_window_size(window_bytes);
    let (sender, connection) = builder.handshake(TokioIo::new(socket)).await.unwrap();
    tokio::spawn(connection);
    sender
}

async fn ask(sender: &Sender, to: SocketAddr, path: &str) -> hyper::Result<Response<Incoming>> {
    let request = http::Request::get(format!("http://{to}{path}"));
    let request = request.body(Empty::new().boxed_unsync()).unwrap();
    sender.clone().send_request(request).await
}

async fn get(sender: &Sender, to: SocketAddr, path: &str) -> Incoming {
    let answer = ask(sender, to, path).await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.into_body()
}

async fn text(body: Incoming) -> String {
    let bytes = body.collect().await.unwrap().to_bytes();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A publication of so many bytes, and its answer.
async fn publish(to: SocketAddr, bytes: usize) {
    let form = format!("topic=t&data={}", "x".repeat(bytes));
    let request = format!(
        "POST /.well-known/mercure HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut socket = send(to, request.as_bytes()).await;
    read_until(&mut socket, "HTTP/1.1 200 ").await;
}

#[tokio::test]
async fn a_peer_that_answers_no_ping_is_given_up_and_one_that_does_is_not() {
    let limits = ConnectionLimits {
        ping_interval: Duration::from_millis(100),
        ping_timeout: Duration::from_millis(200),
        ..patient()
    };
    with_limits(limits, |address, reception| async move {
        let answers = connect(address, WINDOW_BYTES).await;
        assert_eq!(text(get(&answers, address, "/").await).await, "ok");
        let mut silent = send(address, OPENING).await;
        let mut beside = send(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        until(|| reception.connections.count() == 3).await;
        let mut sent = Vec::new();
        silent.read_to_end(&mut sent).await.unwrap();
        sleep(Duration::from_secs(1)).await;
        assert_eq!(text(get(&answers, address, "/").await).await, "ok");
        assert_eq!(reception.connections.count(), 2);
        beside
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        read_until(&mut beside, "ok").await;
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_answers_pings_and_asks_nothing_is_idle() {
    let limits = ConnectionLimits {
        ping_interval: Duration::from_millis(50),
        idle_timeout: Duration::from_millis(400),
        ..patient()
    };
    with_limits(limits, |address, reception| async move {
        let idle = connect(address, WINDOW_BYTES).await;
        assert_eq!(text(get(&idle, address, "/").await).await, "ok");
        assert_eq!(reception.connections.count(), 1);
        until(|| reception.connections.count() == 0).await;
    })
    .await;
}

#[tokio::test]
async fn uploads_that_overlap_for_longer_than_one_may_last_are_answered() {
    let limits = ConnectionLimits {
        idle_timeout: Duration::from_millis(500),
        ..patient()
    };
    with_limits(limits, |address, _| async move {
        let sender = connect(address, WINDOW_BYTES).await;
        let started = Instant::now();
        let upload = |n: u64| {
            let sender = &sender;
            async move {
                sleep(Duration::from_millis(50 * n)).await;
                let slow = futures_util::stream::once(async move {
                    sleep(Duration::from_millis(120)).await;
                    Ok::<_, Infallible>(Frame::data(Bytes::from(n.to_string())))
                });
                let request = http::Request::post(format!("http://{address}/echo"));
                let body = StreamBody::new(slow).boxed_unsync();
                let request = request.body(body).unwrap();
                let answer = sender.clone().send_request(request).await.unwrap();
                assert_eq!(text(answer.into_body()).await, n.to_string());
            }
        };
        join_all((0..30).map(upload)).await;
        assert!(started.elapsed() > 2 * Duration::from_millis(500));
    })
    .await;
}

#[tokio::test]
async fn one_upload_that_does_not_end_ends_its_connection_whatever_ends_beside_it() {
    let limits = ConnectionLimits {
        idle_timeout: Duration::from_millis(500),
        ..patient()
    };
    with_limits(limits, |address, reception| async move {
        let sender = connect(address, WINDOW_BYTES).await;
        let request = http::Request::post(format!("http://{address}/echo"));
        let endless = futures_util::stream::pending::<Result<Frame<Bytes>, Infallible>>();
        let request = request.body(StreamBody::new(endless).boxed_unsync());
        let answer = tokio::spawn(sender.clone().send_request(request.unwrap()));
        while ask(&sender, address, "/").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
        assert!(answer.await.unwrap().is_err());
        until(|| reception.connections.count() == 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_stream_whose_window_stays_shut_is_let_go_of_and_its_connection_serves_on() {
    let hub = Running::start(&[
        ("stream.write-timeout", "300ms"),
        ("limits.subscribers-per-address", "1"),
    ]);
    let sender = connect(hub.address, WINDOW_BYTES).await;
    let path = "/.well-known/mercure?topic=t";
    let mut stalled = get(&sender, hub.address, path).await;
    // One that goes out in part, one that hyper holds, and those that wait behind.
    for _ in 0..4 {
        publish(hub.address, 3 * WINDOW_BYTES as usize).await;
    }
    let started = Instant::now();
    // The address has its place again: its next subscriber is let in.
    let let_in = async {
        loop {
            let answer = ask(&sender, hub.address, path).await.unwrap();
            if !answer.headers().contains_key("content-length") {
                break answer.into_body();
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    let mut other = timeout(PATIENCE, let_in).await.unwrap();
    let took = started.elapsed();
    assert!(
        took >= Duration::from_millis(300) && took < Duration::from_secs(5),
        "{took:?}"
    );
    // Nothing is read of the stream until it was reset.
    sleep(Duration::from_secs(1)).await;
    let mut read = 0;
    let end = loop {
        match timeout(PATIENCE, stalled.frame()).await.unwrap() {
            Some(Ok(frame)) => read += frame.into_data().unwrap().len(),
            end => break end,
        }
    };
    assert!(read <= WINDOW_BYTES as usize, "{read} bytes");
    assert!(end.is_some_and(|end| end.is_err()), "cut off, not ended");
    assert!(
        other.frame().await.unwrap().is_ok(),
        "what is beside it goes on"
    );
    assert_eq!(hub.metrics.open.get(), 1, "all of it over one connection");
    hub.stop();
}

#[tokio::test]
async fn a_stream_that_ended_while_its_window_was_shut_ends_cleanly_for_who_reads_on() {
    let hub = Running::start(&[("stream.write-timeout", "5s"), ("stream.age", "500ms")]);
    let sender = connect(hub.address, WINDOW_BYTES).await;
    let mut shut = get(&sender, hub.address, "/.well-known/mercure?topic=t").await;
    publish(hub.address, 3 * WINDOW_BYTES as usize).await;
    sleep(Duration::from_secs(1)).await;
    let mut read = 0;
    while let Some(frame) = timeout(PATIENCE, shut.frame()).await.unwrap() {
        read += frame.unwrap().into_data().unwrap().len();
    }
    assert!(read > 3 * WINDOW_BYTES as usize, "{read} bytes");
    hub.stop();
}

#[tokio::test]
async fn a_stream_that_its_client_drops_leaves_at_once_though_hyper_holds_a_piece_of_it() {
    let hub = Running::start(&[("limits.subscribers-per-address", "1")]);
    let sender = connect(hub.address, WINDOW_BYTES).await;
    let path = "/.well-known/mercure?topic=t";
    let shut = get(&sender, hub.address, path).await;
    publish(hub.address, 3 * WINDOW_BYTES as usize).await;
    sleep(Duration::from_millis(200)).await;
    drop(shut);
    let answer = ask(&sender, hub.address, path).await.unwrap();
    assert!(!answer.headers().contains_key("content-length"), "let in");
    hub.stop();
}
