//! Whoever does not read holds a bounded amount of memory and delays nobody.

use crate::client::Subscriber;
use crate::rig::{Service, dist};

/// Bytes of one event: a few fill what the kernel holds.
const LARGE: usize = 200 * 1024;
const FLOOD: usize = 60;

/// Floods whoever asked for `a`, with someone who reads along.
async fn flooded(config: &str) -> Subscriber {
    let service = Service::start(&dist("dispatcher"), config).await;
    let slow = service.subscribe("topic=a").await;
    let mut quick = service.subscribe("topic=a").await;
    for n in 0..FLOOD {
        service
            .publish("a", &format!("{n}:{}", "x".repeat(LARGE)))
            .await;
        assert_eq!(
            number(&quick.data(1).await[0]),
            n,
            "nobody waits for the slow one"
        );
    }
    service.publish("a", "last:").await;
    slow
}

fn number(data: &str) -> usize {
    let number = data.split(':').next();
    number.and_then(|n| n.parse().ok()).expect("a number")
}

fn dropped(gap: &str) -> usize {
    let gap: serde_json::Value = serde_json::from_str(gap).expect("JSON");
    assert_eq!(gap["cause"], "dropped");
    gap["count"]
        .as_u64()
        .and_then(|n| n.try_into().ok())
        .expect("a count")
}

/// Reads what came to a slow client: its events in order, and how many it was told were dropped.
async fn read(slow: &mut Subscriber) -> (Vec<usize>, usize) {
    let (mut events, mut missing) = (Vec::new(), 0);
    loop {
        let message = slow.next().await.expect("the stream goes on");
        match (&*message.kind, &*message.data) {
            ("umbel.gap", gap) => missing += dropped(gap),
            (_, "last:") => return (events, missing),
            (_, data) => events.push(number(data)),
        }
    }
}

#[tokio::test]
async fn what_is_dropped_for_a_slow_client_is_told_to_the_last_event() {
    let mut slow = flooded("events = 4\nwhen-full = drop-oldest").await;
    let (events, missing) = read(&mut slow).await;
    assert!(events.is_sorted() && missing > 0, "{missing} {events:?}");
    assert_eq!(events.len() + missing, FLOOD);
    assert_eq!(events.last(), Some(&(FLOOD - 1)), "the oldest went");
}

#[tokio::test]
async fn of_one_topic_the_newest_is_kept() {
    let mut slow = flooded("events = 1\nwhen-full = conflate").await;
    let mut events = Vec::new();
    loop {
        let message = slow.next().await.expect("the stream goes on");
        assert_eq!(message.kind, "message", "conflation is not told");
        match &*message.data {
            "last:" => break,
            data => events.push(number(data)),
        }
    }
    assert!(events.is_sorted() && events.len() < FLOOD, "{events:?}");
}

#[tokio::test]
async fn who_is_to_be_disconnected_gets_what_waits_and_the_end() {
    for verdict in ["disconnect", "catch-up"] {
        let config = format!("events = 4\nwhen-full = ask\noverflow = {verdict}");
        let mut slow = flooded(&config).await;
        let mut events = Vec::new();
        while let Some(message) = slow.next().await {
            events.push(number(&message.data));
        }
        assert!(events.len() < FLOOD, "{verdict}");
        assert!(
            events.iter().copied().eq(0..events.len()),
            "{verdict}: {events:?}"
        );
    }
}
