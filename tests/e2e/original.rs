//! The behaviour of the small program that this grew from, test by test: one bounded queue a client,
//! a full one drops the message, and a client that goes away vanishes.

use std::time::Duration;

use crate::rig::{Publisher, Server, Subscriber, run_over_all, wait_until};

/// Bytes of one event: a few fill what the kernel holds for someone who does not read.
const LARGE: usize = 200 * 1024;
/// Enough of them to fill the kernel's buffers and then a queue.
const FLOOD: usize = 60;

const DROP_NEWEST: &str = "[mailbox]\nevents = 4\nbytes = \"64MiB\"\nwhen-full = \"drop-newest\"\n";

fn large(n: usize) -> String {
    format!("{n}:{}", "x".repeat(LARGE))
}

fn number(data: &str) -> usize {
    data.split(':')
        .next()
        .and_then(|n| n.parse().ok())
        .expect("a number")
}

#[test]
fn every_client_gets_every_message_in_order() {
    run_over_all(async || {
        let server = Server::start(DROP_NEWEST);
        let mut clients = Vec::new();
        for _ in 0..3 {
            clients.push(Subscriber::open(server.hub, &["queue"]).await);
        }
        let mut publisher = Publisher::connect(server.hub).await;
        for n in 0..20 {
            publisher.publish("queue", &n.to_string()).await;
            for client in &mut clients {
                assert_eq!(client.data(1).await, [n.to_string()]);
            }
        }
    });
}

#[test]
fn a_full_queue_drops_the_new_event_for_that_client_alone_and_a_slow_client_delays_nobody() {
    run_over_all(async || {
        let server = Server::start(DROP_NEWEST);
        let mut slow = Subscriber::narrow(server.hub, &["queue"]).await;
        let mut quick = Subscriber::open(server.hub, &["queue"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        for n in 0..FLOOD {
            publisher.publish("queue", &large(n)).await;
            assert_eq!(
                number(&quick.data(1).await[0]),
                n,
                "nobody waits for the slow one"
            );
        }
        let late = slow.until_quiet(Duration::from_millis(500)).await;
        let (gaps, events): (Vec<_>, Vec<_>) = late.iter().partition(|m| m.kind == "umbel.gap");
        let numbers: Vec<usize> = events.iter().map(|m| number(&m.data)).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        assert_eq!(numbers[0], 0);
        let dropped: usize = gaps
            .iter()
            .map(|m| serde_json::from_str::<serde_json::Value>(&m.data).expect("JSON"))
            .map(|gap| usize::try_from(gap["count"].as_u64().expect("a count")).expect("small"))
            .sum();
        assert!(dropped > 0, "the queue was full");
        assert_eq!(
            numbers.len() + dropped,
            FLOOD,
            "what was dropped is told to the last one"
        );
        let verdicts = r#"umbel_verdicts_total{tenant="default",verdict="drop-newest"}"#;
        let dropped = f64::from(u32::try_from(dropped).expect("small"));
        let counted = async || server.metric(verdicts).await.total_cmp(&dropped).is_eq();
        wait_until(Duration::from_secs(2), "the drops are counted", counted).await;
    });
}

#[test]
fn a_client_that_goes_away_vanishes() {
    run_over_all(async || {
        let server = Server::start(DROP_NEWEST);
        let stays = Subscriber::open(server.hub, &["queue"]).await;
        let goes = Subscriber::open(server.hub, &["queue"]).await;
        assert_eq!(server.subscribers().await, 2.0);
        drop(goes);
        let one_left = async || server.subscribers().await == 1.0;
        wait_until(Duration::from_secs(2), "it vanishes", one_left).await;
        drop(stays);
    });
}

#[test]
fn with_catch_up_the_same_slow_client_gets_every_event_in_the_end_in_bounded_memory() {
    run_over_all(async || {
        let server = Server::start("[mailbox]\nevents = 4\nbytes = \"64MiB\"\n");
        let mut slow = Subscriber::narrow(server.hub, &["queue"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        for n in 0..FLOOD {
            publisher.publish("queue", &large(n)).await;
        }
        let feeding = async || {
            server
                .metric(r#"umbel_catching_up{tenant="default",shard="0"}"#)
                .await
                + server
                    .metric(r#"umbel_catching_up{tenant="default",shard="1"}"#)
                    .await
                == 1.0
        };
        wait_until(Duration::from_secs(2), "it is fed from the log", feeding).await;
        for n in 0..FLOOD {
            let message = slow.next().await.expect("the stream goes on");
            assert_eq!(message.kind, "message", "{}", message.data);
            assert_eq!(number(&message.data), n);
        }
        let most = server
            .metric(r#"umbel_mailbox_events_bucket{le="256.0",tenant="default"}"#)
            .await;
        let all = server
            .metric(r#"umbel_mailbox_events_count{tenant="default"}"#)
            .await;
        assert_eq!(most, all, "no mailbox ever held more than a page");
    });
}
