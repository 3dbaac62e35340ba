//! Whatever strangers send: a 4xx that says what is wrong, nothing in the log, no stream notices.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::rig::{Publisher, Server, Subscriber, form, get, raw, run};

/// A form, the status of the answer, and words that its body must hold.
fn forms() -> Vec<(String, u16, &'static [&'static str])> {
    let long = "x".repeat(5_000);
    let many: Vec<(&str, &str)> = (0..101).map(|_| ("topic", "t")).collect();
    vec![
        (String::new(), 400, &["topic"]),
        (form(&[("data", "no topic")]), 400, &["topic"]),
        (form(&[("topic", "")]), 400, &["topic", "empty"]),
        (form(&[("topic", "*")]), 400, &["topic"]),
        (form(&[("topic", "a\nb")]), 400, &["topic", "U+000A"]),
        (form(&[("topic", &long)]), 413, &["topic", "4096"]),
        (form(&many), 413, &["topics", "100"]),
        (form(&[("topic", "t"), ("id", "#x")]), 400, &["id"]),
        (
            form(&[("topic", "t"), ("id", "earliest")]),
            400,
            &["id", "reserved"],
        ),
        (
            form(&[("topic", "t"), ("id", "a\u{0}b")]),
            400,
            &["id", "U+0000"],
        ),
        (form(&[("topic", "t"), ("id", &long)]), 400, &["id", "255"]),
        (
            form(&[("topic", "t"), ("type", "a\rb")]),
            400,
            &["type", "U+000D"],
        ),
        (
            form(&[("topic", "t"), ("type", "umbel.gap")]),
            400,
            &["umbel."],
        ),
        (form(&[("topic", "t"), ("retry", "1x")]), 400, &["retry"]),
        (form(&[("topic", "t"), ("retry", "-1")]), 400, &["retry"]),
        (
            form(&[("topic", "t"), ("retry", "99999999999999999999")]),
            400,
            &["retry"],
        ),
        ("topic=t&data=%ff".into(), 400, &["UTF-8"]),
        ("topic=%ff&data=x".into(), 400, &["UTF-8"]),
        (
            form(&[("topic", "t"), ("data", &"x".repeat((1 << 20) + 1))]),
            413,
            &["1048576"],
        ),
        (
            form(&[("topic", "t"), ("data", &"x".repeat(4 << 20))]),
            413,
            &[],
        ),
    ]
}

#[test]
fn a_bad_publication_is_refused_with_what_is_wrong_and_leaves_no_trace() {
    run(async {
        let server = Server::start("");
        let mut stream = Subscriber::open(server.hub, &["*"]).await;
        for (form, status, words) in forms() {
            let answer = Publisher::connect(server.hub).await.post(&form).await;
            let short: String = form.chars().take(60).collect();
            assert_eq!(answer.status, status, "{short}: {answer:?}");
            for word in words {
                assert!(
                    answer.body.contains(word),
                    "{short}: no {word:?} in {}",
                    answer.body
                );
            }
        }
        assert_eq!(
            server
                .metric(r#"umbel_events_total{tenant="default",result="accepted"}"#)
                .await,
            0.0
        );
        Publisher::connect(server.hub)
            .await
            .publish("t", "good")
            .await;
        assert_eq!(stream.data(1).await, ["good"]);
    });
}

#[test]
fn a_body_of_another_type_or_cut_off_is_not_published() {
    run(async {
        let server = Server::start("");
        let mut stream = Subscriber::open(server.hub, &["*"]).await;
        let host = server.hub;
        let post =
            |rest: &str| format!("POST /.well-known/mercure HTTP/1.1\r\nHost: {host}\r\n{rest}");
        let json = post("Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        assert_eq!(raw(server.hub, json).await.status, 415);
        let mut cut = TcpStream::connect(server.hub).await.expect("connected");
        let part = post(
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ntopic=t&data=cut",
        );
        cut.write_all(part.as_bytes()).await.expect("sent");
        drop(cut);
        Publisher::connect(server.hub)
            .await
            .publish("t", "good")
            .await;
        assert_eq!(stream.data(1).await, ["good"]);
        assert_eq!(
            server
                .metric(r#"umbel_events_total{tenant="default",result="accepted"}"#)
                .await,
            1.0
        );
    });
}

#[test]
fn a_bad_subscription_is_refused_with_what_is_wrong() {
    run(async {
        let server = Server::start("");
        let many = "topic=t&".repeat(101);
        let long = format!("topic={}", "x".repeat(5_000));
        let cases: [(&str, &[&str]); 5] = [
            ("", &["topic"]),
            ("topic=", &["empty"]),
            ("topic=a%0Ab", &["U+000A"]),
            (&many, &["100"]),
            (&long, &["4096"]),
        ];
        for (query, words) in cases {
            let answer = get(server.hub, &format!("/.well-known/mercure?{query}"), &[]).await;
            assert_eq!(answer.status, 400, "{query}: {answer:?}");
            assert_eq!(
                answer.header("content-type"),
                Some("application/problem+json")
            );
            for word in words {
                assert!(
                    answer.body.contains(word),
                    "{query}: no {word:?} in {}",
                    answer.body
                );
            }
        }
        assert_eq!(server.subscribers().await, 0.0);
    });
}

#[test]
fn heads_that_are_too_long_too_slow_or_no_http_at_all_end_the_connection() {
    run(async {
        let server = Server::start("[limits]\nheader-timeout = \"500ms\"\n");
        let long = format!(
            "GET / HTTP/1.1\r\nHost: x\r\nX: {}\r\n\r\n",
            "x".repeat(20_000)
        );
        assert_eq!(raw(server.hub, long).await.status, 431);
        assert_eq!(
            raw(server.hub, "GET / HTTP/1.1\r\nHost: x\r\n")
                .await
                .status,
            408
        );
        let mut garbage =
            Subscriberless::send(&server, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03").await;
        assert!(garbage.is_closed_within(Duration::from_secs(2)).await);
    });
}

/// A connection that never becomes a stream.
struct Subscriberless(TcpStream);

impl Subscriberless {
    async fn send(server: &Server, bytes: &[u8]) -> Self {
        let mut stream = TcpStream::connect(server.hub).await.expect("connected");
        stream.write_all(bytes).await.expect("sent");
        Self(stream)
    }

    async fn is_closed_within(&mut self, limit: Duration) -> bool {
        use tokio::io::AsyncReadExt;
        let mut rest = Vec::new();
        tokio::time::timeout(limit, self.0.read_to_end(&mut rest))
            .await
            .is_ok()
    }
}
