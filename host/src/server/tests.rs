//! Connections over real sockets: deadlines, floods, peers that vanish, the end of the process.

mod http2;

use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::LocalSet;
use tokio::time::{sleep, timeout};
use warp::Filter;

use super::connections::TICK;
use super::service::Desk;
use super::worker::Reception;
use super::{ConnectionLimits, Reload, Server};
use crate::config::{Config, Environment, Override, Sources};
use crate::http::Routes;
use crate::telemetry::ConnectionMetrics;

/// Longer than anything here takes: a test that waits for it has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A time that does not come in a test.
const NEVER: Duration = Duration::from_secs(3600);

/// A body that no socket takes at once.
const LARGE_BYTES: usize = 64 << 20;

/// Limits that no test meets by accident.
fn patient() -> ConnectionLimits {
    ConnectionLimits {
        header_timeout: NEVER,
        idle_timeout: NEVER,
        write_timeout: NEVER,
        ping_interval: NEVER,
        ping_timeout: NEVER,
        header_bytes_max: 16 << 10,
    }
}

/// `/large` answers more than a socket takes; `/echo` needs the whole body.
fn routes() -> Routes {
    let large = warp::path("large").map(|| {
        let body: Bytes = vec![b'x'; LARGE_BYTES].into();
        warp::reply::Response::new(body.into())
    });
    let echo = warp::path("echo")
        .and(warp::body::bytes())
        .map(|body: Bytes| warp::reply::Response::new(body.into()));
    let rest = warp::any().map(|| warp::reply::Response::new("ok".into()));
    large.or(echo).unify().or(rest).unify().boxed()
}

/// Runs `test` against connections with these limits, on one thread.
async fn with_limits<F: Future<Output = ()>>(
    limits: ConnectionLimits,
    test: impl FnOnce(SocketAddr, Rc<Reception>) -> F,
) {
    let serve = async {
        let desk = Rc::new(Desk {
            routes: routes(),
            shard: None,
        });
        let metrics = ConnectionMetrics::default();
        let reception = Rc::new(Reception::new(desk, &limits, metrics));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = Rc::clone(&reception);
        tokio::task::spawn_local(async move {
            while let Ok((stream, remote)) = listener.accept().await {
                accepting.receive(Ok(stream), remote, None);
            }
        });
        let ticking = Rc::clone(&reception);
        tokio::task::spawn_local(async move {
            loop {
                sleep(TICK).await;
                ticking.connections.tick();
            }
        });
        timeout(PATIENCE, test(address, reception)).await.unwrap();
    };
    LocalSet::new().run_until(serve).await;
}

async fn send(to: SocketAddr, bytes: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(to).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    stream
}

/// Everything until the peer closes, however it does.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end like any other here.
    _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn until(is_so: impl Fn() -> bool) {
    while !is_so() {
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_connection_that_sends_nothing_is_closed_after_the_idle_timeout() {
    let limits = ConnectionLimits {
        idle_timeout: Duration::from_millis(200),
        ..patient()
    };
    with_limits(limits, |address, reception| async move {
        let mut silent = send(address, b"").await;
        assert_eq!(rest(&mut silent).await, "");
        let mut answered = send(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert!(rest(&mut answered).await.ends_with("ok"));
        assert_eq!(reception.connections.count(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_head_that_does_not_end_is_answered_408() {
    let limits = ConnectionLimits {
        header_timeout: Duration::from_millis(200),
        ..patient()
    };
    with_limits(limits, |address, _| async move {
        for head in ["G", "GET / HTTP/1.1\r\nhost: x\r\n", "PRI * HTTP/2.0\r\n"] {
            let mut slow = send(address, head.as_bytes()).await;
            assert!(
                rest(&mut slow).await.starts_with("HTTP/1.1 408 "),
                "{head:?}"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_head_that_trickles_is_no_better_than_one_that_stops() {
    let limits = ConnectionLimits {
        header_timeout: Duration::from_millis(300),
        ..patient()
    };
    with_limits(limits, |address, reception| async move {
        let mut slow = send(address, b"GET / HTTP/1.1\r\n").await;
        while slow.write_all(b"x: y\r\n").await.is_ok() {
            sleep(Duration::from_millis(20)).await;
        }
        until(|| reception.connections.count() == 0).await;
    })
    .await;
}

#[tokio::test]
async fn a_body_that_stalls_ends_the_connection_unanswered() {
    let limits = ConnectionLimits {
        header_timeout: Duration::from_millis(200),
        ..patient()
    };
    with_limits(limits, |address, _| async move {
        let head = b"POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nhalf";
        let mut slow = send(address, head).await;
        assert_eq!(rest(&mut slow).await, "");
    })
    .await;
}

#[tokio::test]
async fn a_head_over_the_limit_is_answered_431() {
    let limits = ConnectionLimits {
        header_bytes_max: 1000,
        ..patient()
    };
    with_limits(limits, |address, _| async move {
        let long = format!(
            "GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n",
            "y".repeat(1000)
        );
        let mut long = send(address, long.as_bytes()).await;
        assert!(rest(&mut long).await.starts_with("HTTP/1.1 431 "));
    })
    .await;
}

#[tokio::test]
async fn a_peer_that_takes_nothing_is_given_up_and_one_that_reads_slowly_is_not() {
    let limits = ConnectionLimits {
        write_timeout: Duration::from_millis(300),
        ..patient()
    };
    with_limits(limits, |address, reception| async move {
        let request = b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let stopped = send(address, request).await;
        until(|| reception.connections.count() == 1).await;
        until(|| reception.connections.count() == 0).await;
        drop(stopped);
        let mut slow = send(address, request).await;
        let mut read = 0;
        let mut piece = vec![0; 4 << 20];
        while let Ok(n @ 1..) = slow.read(&mut piece).await {
            read += n;
            sleep(Duration::from_millis(10)).await;
        }
        assert!(read > LARGE_BYTES);
    })
    .await;
}

#[tokio::test]
async fn several_requests_share_a_connection_also_where_they_come_at_once() {
    with_limits(patient(), |address, _| async move {
        let one = "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\none";
        let two = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
        let mut both = send(address, format!("{one}{two}").as_bytes()).await;
        let answers = rest(&mut both).await;
        assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 2);
        assert!(answers.contains("\r\n\r\none") && answers.ends_with("ok"));
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_drains_finishes_its_answer_and_closes() {
    with_limits(patient(), |address, reception| async move {
        let mut idle = send(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
        let mut head = [0; 12];
        idle.read_exact(&mut head).await.unwrap();
        let mut busy = send(address, b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await;
        busy.read_exact(&mut head).await.unwrap();
        reception.connections.drain();
        assert!(rest(&mut idle).await.ends_with("ok"));
        assert!(rest(&mut busy).await.len() > LARGE_BYTES);
        until(|| reception.connections.count() == 0).await;
    })
    .await;
}

/// No variables: a test must not depend on the machine's.
struct Nothing;

impl Environment for Nothing {
    fn variables(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}

/// A hub on ports of its own, with the native policy, on a thread of its own.
struct Running {
    address: SocketAddr,
    metrics: ConnectionMetrics,
    shutdown: oneshot::Sender<()>,
    thread: std::thread::JoinHandle<anyhow::Result<()>>,
}

impl Running {
    fn start(settings: &[(&'static str, &str)]) -> Self {
        let fixed = [
            ("listen", "127.0.0.1:0"),
            ("admin.listen", "127.0.0.1:0"),
            ("policy.component", "native"),
            ("shards", "2"),
        ];
        let flag = |(path, value): (&'static str, &str)| Override {
            flag: "--test",
            path,
            value: value.to_owned(),
        };
        let flags = fixed
            .into_iter()
            .chain(settings.iter().copied())
            .map(flag)
            .collect();
        let sources = Sources {
            file: None,
            dev: true,
            flags,
        };
        let config = Config::load(&sources, &Nothing).unwrap();
        let (shutdown, told) = oneshot::channel::<()>();
        let (tell, started) = std::sync::mpsc::sync_channel(1);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            runtime.block_on(async {
                let server = Server::bind(&config)?;
                let reload = Reload::new(sources, &config)?;
                tell.send((server.address()?, server.work.metrics.clone()))?;
                server.run(reload, async { _ = told.await }).await
            })
        });
        let (address, metrics) = started.recv().unwrap();
        Self {
            address,
            metrics,
            shutdown,
            thread,
        }
    }

    fn stop(self) {
        self.shutdown.send(()).unwrap();
        self.thread.join().unwrap().unwrap();
    }
}

const SUBSCRIBE: &[u8] = b"GET /.well-known/mercure?topic=t HTTP/1.1\r\nhost: x\r\n\r\n";

/// A stream whose opening block has come.
async fn subscribe(to: SocketAddr, request: &[u8]) -> TcpStream {
    let mut stream = send(to, request).await;
    read_until(&mut stream, "retry: ").await;
    stream
}

async fn read_until(stream: &mut TcpStream, wanted: &str) {
    let mut text = String::new();
    while !text.contains(wanted) {
        let mut piece = [0; 4096];
        let n = timeout(PATIENCE, stream.read(&mut piece))
            .await
            .unwrap()
            .unwrap();
        assert!(n > 0, "it ended: {text}");
        text.push_str(&String::from_utf8_lossy(&piece[..n]));
    }
}

#[tokio::test]
async fn a_client_that_sent_more_than_its_request_is_missed_when_it_goes() {
    let hub = Running::start(&[]);
    let ahead = subscribe(hub.address, &[SUBSCRIBE, b"GET / HTTP/1.1\r\n"].concat()).await;
    let mut behind = subscribe(hub.address, SUBSCRIBE).await;
    behind
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    until(|| hub.metrics.open.get() == 2).await;
    drop((ahead, behind));
    timeout(PATIENCE, until(|| hub.metrics.open.get() == 0))
        .await
        .unwrap();
    hub.stop();
}

#[tokio::test]
async fn a_client_that_floods_its_stream_is_cut_off() {
    let hub = Running::start(&[]);
    let mut stream = subscribe(hub.address, SUBSCRIBE).await;
    let flood = async { while stream.write_all(&[b'x'; 4096]).await.is_ok() {} };
    timeout(PATIENCE, flood).await.unwrap();
    timeout(PATIENCE, until(|| hub.metrics.open.get() == 0))
        .await
        .unwrap();
    hub.stop();
}

#[tokio::test]
async fn at_the_limit_of_connections_a_client_is_turned_away_at_once() {
    let hub = Running::start(&[("limits.connections", "2")]);
    let first = subscribe(hub.address, SUBSCRIBE).await;
    let _second = subscribe(hub.address, SUBSCRIBE).await;
    let mut third = TcpStream::connect(hub.address).await.unwrap();
    assert_eq!(timeout(PATIENCE, rest(&mut third)).await.unwrap(), "");
    assert_eq!(hub.metrics.refused.get(), 1);
    drop(first);
    timeout(PATIENCE, until(|| hub.metrics.open.get() == 1))
        .await
        .unwrap();
    subscribe(hub.address, SUBSCRIBE).await;
    hub.stop();
}

#[tokio::test]
async fn a_hub_that_is_told_to_end_ends_its_streams_with_their_last_chunk() {
    let hub = Running::start(&[]);
    let mut one = subscribe(hub.address, SUBSCRIBE).await;
    let version_1_0 = b"GET /.well-known/mercure?topic=t HTTP/1.0\r\n\r\n";
    let mut older = subscribe(hub.address, version_1_0).await;
    let _idle = send(hub.address, b"").await;
    let address = hub.address;
    let stopping = std::thread::spawn(move || hub.stop());
    let end = timeout(PATIENCE, rest(&mut one)).await.unwrap();
    assert!(end.ends_with("\r\n0\r\n\r\n"), "{end:?}");
    let end = timeout(PATIENCE, rest(&mut older)).await.unwrap();
    assert!(end.ends_with("\n\n"), "{end:?}");
    stopping.join().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}
