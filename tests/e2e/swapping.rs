//! Another policy under thousands of open streams.

use std::cell::RefCell;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use umbel_sse::Decoder;

use crate::rig::{Dechunker, Operator, Publisher, Server, builtin, run, wait_until};

const STREAMS: usize = 5_000;
/// Each stream has one of so many topics.
const TOPICS: usize = 10;
const SWAPS: usize = 3;
const PACE: Duration = Duration::from_millis(20);
const END: &str = "end";

/// What is read into; one is enough for one thread.
const PIECE_BYTES: usize = 64 << 10;

thread_local! {
    static PIECE: RefCell<Vec<u8>> = RefCell::new(vec![0; PIECE_BYTES]);
}

/// An open stream that takes as little memory as it can.
struct Stream {
    socket: TcpStream,
    dechunker: Dechunker,
    decoder: Decoder,
    early: Vec<u8>,
}

impl Stream {
    async fn open(to: SocketAddr, topic: usize) -> Self {
        let mut socket = TcpStream::connect(to).await.expect("connected");
        let request =
            format!("GET /.well-known/mercure?topic=t{topic} HTTP/1.1\r\nHost: {to}\r\n\r\n");
        socket.write_all(request.as_bytes()).await.expect("sent");
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                break end;
            }
            assert!(socket.read_buf(&mut bytes).await.expect("a head") > 0);
        };
        assert!(bytes.starts_with(b"HTTP/1.1 200"));
        Self {
            socket,
            dechunker: Dechunker::default(),
            decoder: Decoder::default(),
            early: bytes.split_off(end + 4),
        }
    }

    /// The next data that has come.
    async fn next(&mut self) -> Vec<String> {
        loop {
            let early = std::mem::take(&mut self.early);
            let bytes = self.dechunker.feed(&early);
            self.decoder.feed(&bytes).expect("a sound stream");
            let data: Vec<String> = self.decoder.by_ref().map(|m| m.data).collect();
            if !data.is_empty() {
                return data;
            }
            self.socket.readable().await.expect("it is open");
            let read = PIECE.with_borrow_mut(|piece| {
                let read = self.socket.try_read(piece)?;
                self.early.extend_from_slice(&piece[..read]);
                Ok::<_, std::io::Error>(read)
            });
            match read {
                Ok(read) => assert!(read > 0, "it stays open"),
                Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
            }
        }
    }
}

/// Reads to the end; answers the numbers that came. Notes how late the latest of them was.
async fn follow(mut stream: Stream, start: Instant, latest_us: Arc<AtomicU64>) -> Vec<usize> {
    let mut numbers = Vec::new();
    loop {
        for data in stream.next().await {
            if data == END {
                return numbers;
            }
            let (number, sent_us) = data.split_once(' ').expect("a number and a time");
            let sent: u64 = sent_us.parse().expect("a time");
            latest_us.fetch_max(us(start).saturating_sub(sent), Ordering::Relaxed);
            numbers.push(number.parse().expect("a number"));
        }
    }
}

fn us(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).expect("it fits")
}

/// Publishes for `time`, from number `count` on.
async fn publish(publisher: &mut Publisher, start: Instant, time: Duration, count: &mut usize) {
    let begun = Instant::now();
    while begun.elapsed() < time {
        let topic = format!("t{}", *count % TOPICS);
        publisher
            .publish(&topic, &format!("{count} {}", us(start)))
            .await;
        *count += 1;
        tokio::time::sleep(PACE).await;
    }
}

#[test]
fn five_thousand_streams_lose_nothing_when_the_policy_is_replaced_under_them() {
    run(async {
        let server = Server::start("");
        let (start, latest_us) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let mut readers = Vec::new();
        for n in 0..STREAMS {
            let stream = Stream::open(server.hub, n % TOPICS).await;
            readers.push(tokio::spawn(follow(stream, start, Arc::clone(&latest_us))));
        }
        let all = async || server.subscribers().await >= STREAMS as f64;
        wait_until(Duration::from_secs(30), "all are there", all).await;
        println!("{STREAMS} streams after {:?}", start.elapsed());
        let mut publisher = Publisher::connect(server.hub).await;
        let mut count = 0;
        publish(&mut publisher, start, Duration::from_secs(2), &mut count).await;
        println!("latest before: {} us", latest_us.swap(0, Ordering::Relaxed));
        let component = std::fs::read(builtin()).expect("the built-in policy");
        let operator = Operator::of(&server);
        for swap in 0..SWAPS {
            let config = format!("events = {}", 100 + swap);
            let swapping = operator.put_with("/v1/tenants/default/policy", &component, &config);
            let publishing = publish(&mut publisher, start, Duration::from_secs(2), &mut count);
            let (changed, ()) = tokio::join!(swapping, publishing);
            let changed = changed.json();
            assert_eq!(changed["complete"], true, "{changed}");
            let latest = latest_us.swap(0, Ordering::Relaxed);
            println!("swap {swap}: {changed}, latest {latest} us");
        }
        for topic in 0..TOPICS {
            publisher.publish(&format!("t{topic}"), END).await;
        }
        for (n, reader) in readers.into_iter().enumerate() {
            let numbers = reader.await.expect("it reads");
            let expected: Vec<usize> = (n % TOPICS..count).step_by(TOPICS).collect();
            assert_eq!(numbers, expected, "stream {n}");
        }
    });
}
