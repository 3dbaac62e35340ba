//! What a request is addressed to, and the address that it comes from.

use std::time::Duration;

use tokio::net::TcpSocket;

use crate::rig::{Server, Subscriber, get, raw, run, wait_until};

#[test]
fn a_request_names_one_host() {
    run(async {
        let server = Server::start("");
        let path = "/.well-known/mercure?topic=";
        for (head, detail) in [
            (format!("GET {path} HTTP/1.1\r\n"), "no Host header"),
            (
                format!("GET {path} HTTP/1.1\r\nHost: a\r\nHost: b\r\n"),
                "more than one host",
            ),
            (format!("GET {path} HTTP/1.1\r\nHost: a b\r\n"), "no host"),
            // These are served, and told what else is wrong.
            (
                format!("GET http://a{path} HTTP/1.1\r\nHost: b c\r\n"),
                "topic 1",
            ),
            (
                format!("GET {path} HTTP/1.1\r\nHost: [::1]:3000\r\n"),
                "topic 1",
            ),
            (format!("GET {path} HTTP/1.1\r\nHost:\r\n"), "topic 1"),
            (format!("GET {path} HTTP/1.0\r\n"), "topic 1"),
        ] {
            let answer = raw(server.hub, format!("{head}Connection: close\r\n\r\n")).await;
            assert_eq!(answer.status, 400, "{head}");
            assert!(answer.body.contains(detail), "{head}{}", answer.body);
        }
        let health = raw(server.hub, "GET /healthz HTTP/1.0\r\n\r\n").await;
        assert_eq!(health.status, 200);
    });
}

#[test]
fn a_path_that_names_the_tenant_leads_to_it_and_to_no_other() {
    run(async {
        let server = Server::start("");
        let get = async |path: &str| {
            let request = format!("GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            raw(server.hub, request).await.status
        };
        assert_eq!(
            get("/t/default/.well-known/mercure").await,
            400,
            "it wants a topic"
        );
        assert_eq!(get("/t/other/.well-known/mercure").await, 404);
    });
}

#[test]
fn an_address_has_so_many_streams_and_others_are_not_its_business() {
    run(async {
        let server = Server::start("[limits]\nsubscribers-per-address = 2\n");
        let first = Subscriber::open(server.hub, &["t"]).await;
        let _second = Subscriber::open(server.hub, &["t"]).await;
        let third = get(server.hub, "/.well-known/mercure?topic=t", &[]).await;
        assert_eq!((third.status, third.body.trim()), (200, "retry: 2000"));
        let socket = TcpSocket::new_v4().expect("a socket");
        socket
            .bind("127.0.0.2:0".parse().expect("an address"))
            .expect("bound");
        let other = socket.connect(server.hub).await.expect("connected");
        let _other = Subscriber::on(other, &["t"], &[]).await;
        let three = async || server.subscribers().await == 3.0;
        wait_until(Duration::from_secs(5), "three are served", three).await;
        drop(first);
        let two = async || server.subscribers().await == 2.0;
        wait_until(Duration::from_secs(5), "one has gone", two).await;
        let _again = Subscriber::open(server.hub, &["t"]).await;
        wait_until(Duration::from_secs(5), "its place is taken", three).await;
    });
}
