//! What proxies and browsers rely on in the head of a stream.

use std::time::Duration;

use tokio::time::timeout;

use crate::rig::{Answer, Publisher, Server, Subscriber, get, raw, run};

#[test]
fn the_head_of_a_stream_is_what_browsers_and_proxies_need() {
    run(async {
        let server = Server::start("");
        let stream = Subscriber::open(server.hub, &["t"]).await;
        assert_eq!(stream.header("content-type"), Some("text/event-stream"));
        assert_eq!(stream.header("x-accel-buffering"), Some("no"));
        assert_eq!(stream.header("connection"), Some("keep-alive"));
        assert_eq!(stream.header("last-event-id"), None, "nothing was resumed");
        let cache = stream.header("cache-control").expect("it says");
        for word in ["no-cache", "no-store", "no-transform"] {
            assert!(cache.contains(word), "{cache}");
        }
    });
}

#[test]
fn the_first_bytes_of_a_stream_come_at_once() {
    run(async {
        let server = Server::start("");
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let first = async {
            while stream.reconnection_ms() != Some(2_000) {
                stream.read_on().await;
            }
        };
        let in_time = timeout(Duration::from_secs(5), first).await;
        in_time.expect("long before the first heartbeat");
    });
}

#[test]
fn a_resumed_stream_says_what_it_follows_and_the_header_beats_the_query() {
    run(async {
        let server = Server::start("");
        let mut publisher = Publisher::connect(server.hub).await;
        let mut ids = Vec::new();
        for n in 0..5 {
            ids.push(publisher.publish("t", &n.to_string()).await);
        }
        let resume = async |line: String| Subscriber::with(server.hub, &["t"], &[line]).await;
        let mut stream = resume(format!("Last-Event-ID: {}", ids[1])).await;
        assert_eq!(stream.header("last-event-id"), Some(&*ids[1]));
        assert_eq!(stream.data(3).await, ["2", "3", "4"]);
        let mut stream = resume("Last-Event-ID: earliest".into()).await;
        assert_eq!(stream.header("last-event-id"), Some("earliest"));
        assert_eq!(stream.data(5).await, ["0", "1", "2", "3", "4"]);
        let mut stream = resume("Last-Event-ID: no such id".into()).await;
        assert_eq!(stream.header("last-event-id"), Some("earliest"));
        let gap = stream.next().await.expect("a gap");
        assert_eq!((&*gap.kind, gap.id), ("umbel.gap", None));
    });
}

#[test]
fn other_methods_are_refused_with_those_allowed() {
    run(async {
        let server = Server::start("");
        for method in ["PUT", "DELETE", "HEAD", "PATCH"] {
            let host = server.hub;
            let request = format!(
                "{method} /.well-known/mercure?topic=t HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            );
            let answer: Answer = raw(server.hub, request).await;
            assert_eq!(answer.status, 405, "{method}");
            let allow = answer.header("allow").expect("it says");
            assert!(allow.contains("GET") && allow.contains("POST"), "{allow}");
        }
        assert_eq!(get(server.hub, "/nowhere", &[]).await.status, 404);
    });
}
