//! The question that this project began with: how the hub notices that a client has gone.

use std::time::Duration;

use tokio::time::timeout;

use crate::rig::{ASK, Ask, Rig, numbers, run, run_as_body};

#[test]
fn a_dropped_stream_leaves_the_registry_also_when_nothing_is_published() {
    run(async || {
        let rig = Rig::new("");
        let client = rig.subscribe(&["*"]).await;
        assert_eq!(rig.tenant.subscribers(), 1);
        drop(client);
        rig.settle().await;
        assert_eq!(rig.tenant.subscribers(), 0);
        assert_eq!(
            rig.metric(r#"umbel_leaves_total{tenant="default",reason="client"}"#),
            1.0
        );
    });
}

#[test]
fn a_handle_is_used_again_only_for_the_next_one() {
    run(async || {
        let rig = Rig::new("");
        for round in 0..100 {
            let gone = rig.subscribe(&["old"]).await;
            drop(gone);
            let mut next = rig.subscribe(&["new"]).await;
            rig.publish("old", "for the one that went").await;
            rig.publish("new", &round.to_string()).await;
            assert_eq!(next.data(), [round.to_string()]);
        }
        rig.settle().await;
        assert_eq!(rig.tenant.subscribers(), 0);
    });
}

#[test]
fn a_client_that_takes_nothing_for_the_write_timeout_is_ended() {
    run_as_body(async || {
        let rig = Rig::new("");
        let mut reads = rig.subscribe(&["*"]).await;
        let mut stopped = rig.subscribe(&["*"]).await;
        reads.read();
        stopped.read();
        rig.publish("t", "0").await;
        for _ in 0..95 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            reads.read();
        }
        assert_eq!(rig.tenant.subscribers(), 2);
        tokio::time::sleep(Duration::from_millis(700)).await;
        rig.settle().await;
        assert_eq!(rig.tenant.subscribers(), 1);
        assert_eq!(
            rig.metric(r#"umbel_leaves_total{tenant="default",reason="stalled"}"#),
            1.0
        );
        assert!(reads.read(), "the other one stays");
        assert!(!stopped.read());
    });
}

#[test]
fn someone_who_goes_while_joining_leaves_nothing_behind() {
    run(async || {
        let rig = Rig::new("");
        for _ in 0..50 {
            let joining = rig.open(ASK);
            // Dropped at its first await.
            assert!(
                tokio::time::timeout(Duration::ZERO, async {
                    tokio::pin!(joining);
                    std::future::poll_fn(|cx| {
                        let _ = joining.as_mut().poll(cx);
                        std::task::Poll::<()>::Ready(())
                    })
                    .await;
                })
                .await
                .is_ok()
            );
            rig.settle().await;
        }
        assert_eq!(rig.tenant.subscribers(), 0);
        assert_eq!(rig.metric(r#"umbel_subscribers{tenant="default"}"#), 0.0);
    });
}

#[test]
fn closing_delivers_first_what_publishers_were_told_is_accepted() {
    run(async || {
        let rig = Rig::new("");
        let mut reader = rig.subscribe(&["*"]).await;
        let mut stopped = rig.subscribe(&["*"]).await;
        stopped.outlet.block();
        for n in 0..1000 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted");
        }
        // Nothing was routed yet: the station has had no turn. A task reads as a connection would.
        let reading = async {
            let mut all = Vec::new();
            while reader.read() {
                all.extend(reader.data());
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            all.extend(reader.data());
            all
        };
        let closing = timeout(Duration::from_secs(2), rig.hub.close());
        let (all, closed) = tokio::join!(reading, closing);
        assert_eq!(all, numbers(0..1000));
        closed.expect("one that takes nothing holds nobody up for long");
        assert!(!stopped.read());
    });
}

#[test]
fn closing_waits_for_one_that_takes_nothing_for_a_moment() {
    run(async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["*"]).await;
        client.outlet.block();
        for n in 0..10 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted");
        }
        let reading = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            client.outlet.unblock();
            let mut all = Vec::new();
            while client.read() {
                all.extend(client.data());
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            all.extend(client.data());
            all
        };
        let (all, ()) = tokio::join!(reading, rig.hub.close());
        assert_eq!(all, numbers(0..10));
    });
}

#[test]
fn closing_ends_every_stream_and_says_when_to_come_back() {
    run(async || {
        let rig = Rig::new("");
        let mut clients = Vec::new();
        for _ in 0..20 {
            let mut client = rig.subscribe(&["*"]).await;
            client.read();
            clients.push(client);
        }
        rig.hub.close().await;
        let mut later = Vec::new();
        for client in &mut clients {
            assert!(!client.read());
            later.push(client.reconnection_ms().expect("a time"));
        }
        later.sort_unstable();
        later.dedup();
        assert!(later.len() > 15, "spread over time: {later:?}");
        assert!(rig.open(Ask { ..ASK }).await.is_err());
        assert!(rig.try_publish("t", "late", false).await.is_err());
    });
}

use std::future::Future as _;
