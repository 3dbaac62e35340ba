//! How streams and the process end.

use std::time::{Duration, Instant};

use crate::rig::{Publisher, Server, Subscriber, Version, get, run, run_over, run_over_all};

/// Events that take several windows of 64 KiB.
const BURST: usize = 40;

#[test]
fn a_terminated_hub_ends_every_stream_cleanly_and_is_gone_within_five_seconds() {
    run(async {
        let mut server = Server::start("");
        let mut clients = Vec::new();
        for _ in 0..200 {
            clients.push(Subscriber::open(server.hub, &["*"]).await);
        }
        assert_eq!(server.temporary_files(), 1, "its state");
        let mut idle_publisher = Publisher::connect(server.hub).await;
        idle_publisher.publish("t", "last").await;
        let started = Instant::now();
        server.terminate();
        for client in &mut clients {
            assert_eq!(client.data(1).await, ["last"]);
            assert_eq!(client.next().await, None);
            assert!(client.ended_cleanly(), "as streams of its version do");
            assert!(client.reconnection_ms().expect("told when to come back") >= 2_000);
        }
        let status = server.ended_within(Duration::from_secs(5));
        assert!(status.success(), "{status}");
        assert_eq!(server.temporary_files(), 0, "it leaves nothing behind");
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "{:?}",
            started.elapsed()
        );
    });
}

#[test]
fn a_slow_but_steady_reader_of_http_2_or_1_0_gets_all_that_a_terminated_hub_had_accepted() {
    run_over(
        &[Version::Http2, Version::Http10],
        all_arrives_before_the_end,
    );
}

#[test]
fn a_slow_but_steady_reader_of_http_1_1_gets_all_that_a_terminated_hub_had_accepted() {
    run_over(&[Version::Http11], all_arrives_before_the_end);
}

#[test]
fn a_stream_that_reached_its_age_ends_cleanly_and_is_resumed_without_loss() {
    run_over_all(async || {
        let server = Server::start("[stream]\nage = \"2s\"\n");
        let mut client = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        publisher.publish("t", "before").await;
        assert_eq!(client.data(1).await, ["before"]);
        assert_eq!(client.next().await, None);
        assert!(client.ended_cleanly());
        publisher.publish("t", "between").await;
        let resume = [format!("Last-Event-ID: {}", client.last_event_id())];
        let mut client = Subscriber::with(server.hub, &["t"], &resume).await;
        assert_eq!(client.data(1).await, ["between"]);
    });
}

#[test]
fn a_silent_stream_has_heartbeats_and_those_filtered_away_get_checkpoints() {
    run_over_all(async || {
        let server = Server::start("[stream]\nheartbeat = \"300ms\"\n");
        let mut client = Subscriber::open(server.hub, &["rare"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let id = publisher.publish("frequent", "not for it").await;
        while client.last_event_id() != id || client.comments() == 0 {
            client.read_on().await;
        }
    });
}

#[test]
fn health_and_readiness_are_told_on_both_listeners() {
    run(async {
        let server = Server::start("");
        for listener in [server.hub, server.admin] {
            for path in ["/healthz", "/readyz"] {
                assert_eq!(
                    get(listener, path, &[]).await.status,
                    200,
                    "{listener}{path}"
                );
            }
        }
    });
}

/// For a reader that takes several windows of 64 KiB, each within the time that a closing hub has.
async fn all_arrives_before_the_end() {
    let mut server = Server::start("");
    let mut client = Subscriber::usual(server.hub, &["t"]).await;
    let mut publisher = Publisher::connect(server.hub).await;
    let large = "x".repeat(8 * 1024);
    // Several windows full, while nothing is read.
    for n in 0..BURST {
        publisher.publish("t", &format!("{n}:{large}")).await;
    }
    server.terminate();
    let started = Instant::now();
    let mut read = 0;
    while !client.has_ended() {
        for message in client.take() {
            assert_eq!(
                message.data,
                format!("{read}:{large}"),
                "{} of them",
                message.kind
            );
            read += 1;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        client.read_on().await;
    }
    println!("{read} events, {:?} after the signal", started.elapsed());
    assert_eq!(read, BURST, "all, though it took {:?}", started.elapsed());
    assert!(client.ended_cleanly());
    assert!(server.ended_within(Duration::from_secs(5)).success());
}
