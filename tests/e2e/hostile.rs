//! Components that misbehave, through the real binary: nothing crosses, nobody is disconnected, every
//! publisher gets an answer, and the other tenants do not notice.

mod case;
mod cases;
#[path = "../guests/hostile.rs"]
pub(crate) mod guests;
mod neighbour;
mod poison;
mod refused;
mod script;
mod tenants;
mod witness;

use std::rc::Rc;
use std::time::Duration;

use tokio::task::{LocalSet, spawn_local};

use crate::rig::{Server, run, value};
use case::Case;
use cases::{FILTERS, POLICIES};
use neighbour::Neighbour;
use tenants::Tenants;

/// For what takes a breaker's pauses.
const PATIENCE: Duration = Duration::from_secs(60);

/// All classes of faults, as the metrics name them.
const CLASSES: [&str; 10] = [
    "deadline",
    "limit",
    "stack",
    "trap",
    "answer-size",
    "abi",
    "shape",
    "refused",
    "pool-full",
    "host",
];

/// Bytes of linear memory that an instance may have by default, on each of two shards.
const MEMORY_BYTES_MAX: f64 = (2 * 64 * 1024 * 1024) as f64;

/// One hub with a tenant for each of these, all of them at work at the same time, and one tenant more that
/// is well-behaved.
async fn each_in_a_tenant_of_its_own(cases: &'static [Case]) {
    let tenants = Tenants::new();
    let server = Rc::new(Server::logged(&["--dev"], &tenants.config(cases)));
    let neighbour = Neighbour::settle(server.hub).await;
    LocalSet::new().run_until(play_all(cases, &server)).await;
    neighbour.was_served_all_the_while().await;
    let metrics = server.metrics().await;
    for case in cases {
        let tenant = case.tenant();
        let count = |class: &&str| {
            let labels = format!(r#"{{tenant="{tenant}",class="{class}"}}"#);
            value(&metrics, &format!("umbel_policy_faults_total{labels}")) > 0.0
        };
        let classes: Vec<_> = CLASSES.into_iter().filter(count).collect();
        assert_eq!(classes, case.faults, "{}: {}", case.guest, server.log());
        let memory = memory(&metrics, &tenant);
        assert!(memory <= MEMORY_BYTES_MAX, "{}: {memory}", case.guest);
    }
    let labels = r#"{tenant="neighbour",class="deadline"}"#;
    let sample = format!("umbel_policy_faults_total{labels}");
    assert_eq!(value(&metrics, &sample), 0.0);
}

/// At the same time; one that fails does not keep the others from being played to their end.
async fn play_all(cases: &'static [Case], server: &Rc<Server>) {
    let play = |case| {
        let server = Rc::clone(server);
        spawn_local(async move { script::play(case, &server).await })
    };
    let playing: Vec<_> = cases.iter().map(play).collect();
    let mut failed = Vec::new();
    for (case, playing) in cases.iter().zip(playing) {
        if playing.await.is_err() {
            failed.push(case.guest);
        }
    }
    assert!(failed.is_empty(), "see above: {failed:?}");
}

/// Bytes of all instances of a tenant.
fn memory(metrics: &crate::rig::Answer, tenant: &str) -> f64 {
    let of = |shard| {
        let labels = format!(r#"{{tenant="{tenant}",shard="{shard}"}}"#);
        value(metrics, &format!("umbel_policy_memory_bytes{labels}"))
    };
    of(0) + of(1)
}

#[test]
fn policies_that_misbehave_harm_nobody_but_themselves() {
    run(each_in_a_tenant_of_its_own(POLICIES));
}

#[test]
fn filters_that_misbehave_harm_nobody_but_themselves() {
    run(each_in_a_tenant_of_its_own(FILTERS));
}
