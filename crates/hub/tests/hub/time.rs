//! Heartbeats, checkpoints, tokens and age.

use std::time::Duration;

use umbel_eventlog::Retention;
use umbel_hub::{StreamConfig, TenantConfig};

use crate::rig::{ASK, Ask, Client, Rig, native, run, unix_ms};

async fn seconds(n: u64) {
    tokio::time::sleep(Duration::from_secs(n)).await;
}

/// Lets time pass while the client reads whatever comes.
async fn reading(client: &mut Client, secs: u64) -> bool {
    for _ in 0..secs * 10 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if !client.read() {
            return false;
        }
    }
    true
}

#[test]
fn a_stream_opens_at_once_with_the_reconnection_time() {
    run(async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        assert_eq!(client.reconnection_ms(), Some(2_000));
    });
}

#[test]
fn silence_is_broken_by_a_comment_and_traffic_puts_it_off() {
    run(async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["*"]).await;
        assert!(reading(&mut client, 14).await);
        assert_eq!(client.comments(), 0);
        assert!(reading(&mut client, 2).await);
        assert_eq!(client.comments(), 1);
        for _ in 0..4 {
            assert!(reading(&mut client, 10).await);
            rig.publish("t", "traffic").await;
        }
        client.read();
        assert_eq!(client.comments(), 1);
    });
}

#[test]
fn whoever_was_filtered_away_gets_the_id_it_may_resume_from() {
    run(async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["rare"]).await;
        client.read();
        for _ in 0..5 {
            rig.publish("frequent", "not for it").await;
        }
        assert!(reading(&mut client, 16).await);
        assert_eq!(client.last_event_id(), "5");
        assert_eq!(client.data(), Vec::<String>::new());
        // Nothing new: a plain comment.
        assert!(reading(&mut client, 15).await);
        assert_eq!(client.comments(), 1);
    });
}

#[test]
fn a_checkpoint_never_names_a_private_event() {
    run(async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["rare"]).await;
        client.read();
        rig.publish("frequent", "public").await;
        rig.try_publish("frequent", "private", true)
            .await
            .expect("accepted");
        assert!(reading(&mut client, 16).await);
        assert_eq!(client.last_event_id(), "1");
    });
}

#[test]
fn a_stream_ends_when_its_token_does() {
    run(async || {
        let rig = Rig::new("");
        let in_20_s = unix_ms() + 20_000;
        let mut client = rig
            .open(Ask {
                expires_ms: Some(in_20_s),
                ..ASK
            })
            .await
            .expect("let in");
        assert!(reading(&mut client, 19).await);
        assert!(!reading(&mut client, 2).await);
        rig.settle().await;
        assert_eq!(
            rig.metric(r#"umbel_leaves_total{tenant="default",reason="expired"}"#),
            1.0
        );
    });
}

#[test]
fn streams_of_one_moment_end_of_age_over_the_last_fifth_of_it() {
    run(async || {
        let stream = StreamConfig {
            age: Duration::from_secs(100),
            ..StreamConfig::default()
        };
        let config = TenantConfig {
            stream,
            ..TenantConfig::default()
        };
        let rig = Rig::with(config, Retention::UNBOUNDED, native(""));
        let mut clients = Vec::new();
        for _ in 0..100 {
            clients.push(rig.subscribe(&["*"]).await);
        }
        let mut left = Vec::new();
        for _ in 0..11 {
            for client in &mut clients {
                client.read();
            }
            left.push(rig.tenant.subscribers());
            for _ in 0..10 {
                seconds(1).await;
                for client in &mut clients {
                    client.read();
                }
            }
        }
        assert_eq!(left[8], 100, "{left:?}");
        assert!((20..80).contains(&left[9]), "{left:?}");
        // A deadline is met within one turn of the wheel.
        tokio::time::sleep(Duration::from_millis(200)).await;
        rig.settle().await;
        assert_eq!(rig.tenant.subscribers(), 0, "{left:?}");
    });
}

#[test]
fn histograms_end_with_the_bucket_that_holds_everything() {
    run(async || {
        let rig = Rig::new("");
        let mut client = rig.subscribe(&["*"]).await;
        rig.publish("t", "0").await;
        client.read();
        seconds(1).await;
        let delivery = "umbel_delivery_seconds";
        let all = rig.metric(&format!(
            r#"{delivery}_bucket{{le="+Inf",tenant="default"}}"#
        ));
        let count = rig.metric(&format!(r#"{delivery}_count{{tenant="default"}}"#));
        assert_eq!((all, count), (1.0, 1.0));
    });
}
