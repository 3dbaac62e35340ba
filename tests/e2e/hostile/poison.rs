//! A subscriber whose claims make `join` fail: it alone pays for that.

use std::time::Duration;

use serde_json::json;

use super::PATIENCE;
use super::tenants::Tenants;
use super::witness::Witness;
use crate::rig::wait_until;
use crate::rig::{Publisher, Server, Subscriber, get, run, secret_file, signed, with_key};

#[test]
fn a_poisoned_claim_costs_its_holder_the_stream_and_nobody_else() {
    run(async {
        let secret = secret_file();
        let policy = Tenants::new();
        let file = policy.file("poisoned_claim", "dispatcher");
        let args = ["--dev", "--policy", file.to_str().expect("text")];
        let config = format!(
            "[stream]\nheartbeat = \"100ms\"\n{}",
            with_key(&secret, true)
        );
        let server = Server::logged(&args, &config);
        let claims = json!({"exp": 4_000_000_000_u64, "mercure": {"subscribe": ["*"]}});
        let token = format!("Authorization: Bearer {}", signed(&secret, &claims));
        let mut witnesses = Vec::new();
        for _ in 0..4 {
            witnesses.push(Witness::new(Subscriber::open(server.hub, &["t"]).await));
        }
        // Turned away until the breaker opens; then let in unasked, and found when the policy is told of
        // everyone.
        let mut publisher = Publisher::connect(server.hub).await;
        let headers = [&*token];
        for tries in 1.. {
            let publishing = async {
                loop {
                    publisher.publish("t", "event").await;
                    tokio::time::sleep(PAUSE).await;
                }
            };
            let answer = tokio::select! {
                answer = get(server.hub, PATH, &headers) => answer,
                () = publishing => unreachable!("it goes on"),
                () = tokio::time::sleep(PATIENCE) => panic!("its stream goes on"),
            };
            assert_eq!(answer.status, 200, "{answer:?}");
            assert!(answer.body.contains("retry: "), "{answer:?}");
            assert!(server.metric(FAULTS).await > 0.0, "a fault is counted");
            let heartbeat = |line: &str| line.starts_with(':');
            if answer.body.lines().any(heartbeat) {
                break;
            }
            assert!(tries < TRIES_MAX, "it is never let in unasked");
        }
        let mut n = 0;
        let all_get_some = async || {
            publisher.publish("t", &format!("event {n}")).await;
            n += 1;
            witnesses.iter().all(|witness| !witness.events().is_empty())
        };
        wait_until(PATIENCE, "all others are served", all_get_some).await;
        assert!(witnesses.iter().all(|witness| !witness.has_ended()));
    });
}

/// Between two events.
const PAUSE: Duration = Duration::from_millis(20);
/// More than open the breaker.
const TRIES_MAX: usize = 30;

const PATH: &str = "/.well-known/mercure?topic=t";

/// Joins that the policy has failed on.
const FAULTS: &str = r#"umbel_policy_faults_total{tenant="default",class="trap"}"#;
