//! Ten thousand come and go: nothing of them stays.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::rig::{Publisher, Server, Subscriber, Version, resident_bytes, run_over, wait_until};

const CYCLES: usize = 10_000;
/// Resident bytes that allocators may keep: 400 a cycle would be a leak of one subscriber's state.
const KEPT_MAX: u64 = 4 << 20;

#[test]
fn ten_thousand_connections_come_and_go_and_memory_returns() {
    run_over(&[Version::Http11, Version::Http2], async || {
        let config = "[log]\nretain-events = 100\n[stream]\nheartbeat = \"1s\"\n";
        let server = Arc::new(Server::start(config));
        let stays = Subscriber::open(server.hub, &["t"]).await;
        cycles(&server, CYCLES / 10).await;
        settled(&server).await;
        let (resident, policy) = (resident_bytes(server.pid()), server.policy_memory().await);
        cycles(&server, CYCLES).await;
        settled(&server).await;
        let (after, policy_after) = (resident_bytes(server.pid()), server.policy_memory().await);
        println!("resident {resident} then {after}, policy {policy} then {policy_after}");
        assert_eq!(
            policy, policy_after,
            "the component's memory is where it was"
        );
        assert!(
            after.saturating_sub(resident) < KEPT_MAX,
            "{resident} then {after}"
        );
        drop(stays);
    });
}

/// So many connections, one after the other in 20 lanes, while events are published.
async fn cycles(server: &Arc<Server>, count: usize) {
    let going = Arc::new(AtomicBool::new(true));
    let publishing = tokio::spawn({
        let (server, going) = (Arc::clone(server), Arc::clone(&going));
        async move {
            let mut publisher = Publisher::connect(server.hub).await;
            while going.load(Ordering::Relaxed) {
                publisher.publish("t", "event").await;
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
    });
    let lane = |lane: usize| {
        let server = Arc::clone(server);
        tokio::spawn(async move {
            for n in 0..count / 20 {
                let topic = format!("topic-{lane}-{n}");
                let mut client = Subscriber::open(server.hub, &["t", &topic]).await;
                if n % 3 == 0 {
                    client.read_on().await;
                }
            }
        })
    };
    for lane in (0..20).map(lane).collect::<Vec<_>>() {
        lane.await.expect("every connection is let in");
    }
    going.store(false, Ordering::Relaxed);
    publishing.await.expect("every event is accepted");
}

async fn settled(server: &Server) {
    let one_left = async || server.subscribers().await == 1.0;
    wait_until(Duration::from_secs(5), "only one is left", one_left).await;
    // Past the heartbeat, so that the wheel has met everyone who is gone.
    tokio::time::sleep(Duration::from_secs(2)).await;
}
