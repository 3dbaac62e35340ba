//! When publishers are answered.

use std::time::Duration;

use crate::hostile::guests;
use crate::rig::{Publisher, Server, Subscriber, run, wait_until};

#[test]
fn a_publisher_is_answered_before_its_event_is_routed_whoever_does_that() {
    run(async {
        // Its `route` never returns: what was published is being routed until the deadline.
        let policy = std::env::temp_dir().join(format!("umbel-{}.wasm", uuid::Uuid::new_v4()));
        std::fs::write(&policy, guests::guest("loop_in_route")).expect("written");
        let path = policy.to_str().expect("text");
        let args = ["--dev", "--policy", path, "--shards", "1"];
        let server = Server::run(&args, "[policy]\ndeadline = \"2s\"\n");
        let faults = async || {
            let sample = r#"umbel_policy_faults_total{tenant="default",class="deadline"}"#;
            server.metric(sample).await
        };
        // On the same thread as the publisher: the hub has no other.
        let _subscriber = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        publisher.publish("t", "answered").await;
        assert_eq!(faults().await, 0.0, "it is still being routed");
        let failed = async || faults().await >= 1.0;
        wait_until(Duration::from_secs(30), "it was being routed", failed).await;
        std::fs::remove_file(policy).expect("removed");
    });
}
