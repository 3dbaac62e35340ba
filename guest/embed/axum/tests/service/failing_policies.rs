//! A policy that fails ends nobody's stream, and one that loops is stopped.

use std::time::Duration;

use crate::hostile::{guest, guest_over};
use crate::rig::Service;

#[tokio::test]
async fn after_a_fault_another_instance_knows_everyone_and_streams_stay_open() {
    let policy = guest_over("broadcast", "dispatcher", "poisoned_event");
    let service = Service::start(&policy, "").await;
    let mut subscribers = Vec::new();
    for _ in 0..100 {
        subscribers.push(service.subscribe("topic=a").await);
    }
    for round in 0..3 {
        let answer = service.post("topic=a&type=poison&data=lost").await;
        assert_eq!(answer.status, 503, "{answer:?}");
        service.publish("a", &round.to_string()).await;
        for subscriber in &mut subscribers {
            assert_eq!(subscriber.data(1).await, [round.to_string()]);
        }
    }
}

#[tokio::test]
async fn a_policy_that_loops_is_stopped_at_its_deadline_and_the_next_is_served() {
    let service = Service::start(&guest("loop_in_route"), "").await;
    let _subscriber = service.subscribe("topic=a").await;
    for _ in 0..3 {
        let answer = tokio::time::timeout(Duration::from_secs(5), service.post("topic=a"));
        let answer = answer.await.expect("stopped at its deadline");
        assert_eq!(answer.status, 503, "{answer:?}");
    }
    let _another = service.subscribe("topic=a").await;
    service.until_members(2).await;
}

#[tokio::test]
async fn a_newcomer_on_whom_the_policy_fails_is_turned_away_alone() {
    let service = Service::start(&guest("loop_in_join"), "").await;
    let mut turned_away = service.subscribe("topic=a").await;
    assert!(
        turned_away.next().await.is_none(),
        "the stream ends at once"
    );
    assert_eq!(service.desk.members(), 0);
    assert_eq!(service.post("topic=a").await.status, 200);
}

#[tokio::test]
async fn a_handle_that_was_never_given_out_is_nobodys() {
    let service = Service::start(&guest("unknown_handles"), "").await;
    let _subscriber = service.subscribe("topic=a").await;
    assert_eq!(service.post("topic=a&data=1").await.status, 200);
}

#[tokio::test]
async fn whoever_the_policy_refuses_is_told() {
    let service = Service::start(&guest("refuses_everybody"), "").await;
    let answer = crate::client::ask(service.address, "GET", "/events?topic=a", "").await;
    assert!(
        answer.status == 403 || answer.body.starts_with("retry: "),
        "{answer:?}"
    );
    assert_eq!(service.desk.members(), 0);
}
