//! The question that this project began with: how does a server notice that a client has gone?

use std::time::Duration;

use crate::rig::{Publisher, Server, Subscriber, run_over_all, wait_until};

const ADMITTED: Duration = Duration::from_secs(5);

#[test]
fn a_closed_connection_leaves_registry_component_and_metrics_at_once_though_nothing_is_published() {
    run_over_all(async || {
        let server = Server::start("");
        let topics: Vec<String> = (0..10)
            .map(|n| format!("https://example.com/{n:0900}"))
            .collect();
        let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
        // The longest that a disappearance may take to show, beside what a request for the metrics
        // takes and the turn of the wheel with which a component's memory is reported.
        let limit = Duration::from_millis(100);
        let client = Subscriber::open(server.hub, &topics).await;
        wait_until(ADMITTED, "it is there", async || {
            server.subscribers().await == 1.0
        })
        .await;
        wait_until(ADMITTED, "in the component", async || {
            server.policy_memory().await > 0.0
        })
        .await;
        drop(client);
        let gone = async || server.subscribers().await == 0.0;
        let took = wait_until(ADMITTED, "it is gone", gone).await;
        assert!(took <= limit, "{took:?}");
        let left = server
            .metric(r#"umbel_leaves_total{tenant="default",reason="client"}"#)
            .await;
        assert_eq!(left, 1.0);
        let forgotten = async || server.policy_memory().await == 0.0;
        wait_until(
            Duration::from_millis(400),
            "the component forgets",
            forgotten,
        )
        .await;
    });
}

#[test]
fn a_reader_that_stopped_leaves_within_the_write_timeout() {
    run_over_all(async || {
        let server = Server::start("[stream]\nwrite-timeout = \"1s\"\n");
        let stopped = Subscriber::narrow(server.hub, &["t"]).await;
        let mut reads = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let large = "x".repeat(256 * 1024);
        // As much as the kernel may hold for one connection, and then some.
        for _ in 0..40 {
            publisher.publish("t", &large).await;
            reads.data(1).await;
        }
        let one_left = async || server.subscribers().await == 1.0;
        wait_until(Duration::from_millis(1_500), "it has left", one_left).await;
        let reason = r#"umbel_leaves_total{tenant="default",reason="stalled"}"#;
        assert_eq!(server.metric(reason).await, 1.0);
        drop(stopped);
        publisher.publish("t", "on").await;
        assert_eq!(reads.data(1).await, ["on"]);
    });
}

#[test]
fn a_reader_that_is_slow_but_reads_stays() {
    run_over_all(async || {
        let server = Server::start("[stream]\nwrite-timeout = \"2s\"\n[mailbox]\nevents = 4\n");
        let mut slow = Subscriber::narrow(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let publishing = tokio::spawn(async move {
            let large = "x".repeat(64 * 1024);
            for n in 0..100 {
                publisher.publish("t", &format!("{n}:{large}")).await;
            }
        });
        // A page of 100 such events takes it far longer than the write timeout.
        for n in 0..100 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let message = slow.next().await.expect("it is still there");
            let start = format!("{n}:");
            assert!(
                message.data.starts_with(&start),
                "{n}: {:.40}",
                message.data
            );
        }
        publishing.await.expect("every event is accepted");
    });
}
