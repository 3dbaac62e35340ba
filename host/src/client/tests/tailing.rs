//! Following a stream.

use super::super::refusal::Refusal;
use super::super::{Step, Tail, TailRequest};
use super::scripted::{Scripted, answer, stream};

fn tail(hub: &Scripted, since: Option<&str>) -> Tail {
    Tail::new(TailRequest {
        hub: hub.url.clone(),
        selectors: vec!["https://a.example/{id}".into(), "b c".into()],
        token: Some("a.b.c".into()),
        since: since.map(str::to_owned),
    })
}

/// The data of messages that arrived together.
fn data(step: Step) -> Vec<String> {
    match step {
        Step::Messages(messages) => messages.into_iter().map(|message| message.data).collect(),
        other => panic!("no messages: {other:?}"),
    }
}

/// How long it waits after an interruption, in milliseconds.
fn interruption_ms(step: &Step) -> u128 {
    match step {
        Step::Interrupted(_, wait) => wait.as_millis(),
        other => panic!("no interruption: {other:?}"),
    }
}

fn last_event_id(request: &str) -> Option<&str> {
    request
        .lines()
        .find_map(|line| line.strip_prefix("last-event-id: "))
}

#[tokio::test]
async fn a_stream_goes_on_after_the_last_event_received() {
    let hub = Scripted::play(vec![
        vec![stream("retry: 5\nid: 1\ndata: one\n\nid: 2\ndata: cut o")],
        vec![stream("id: 2\ndata: two\n\n: a comment\n\n")],
        vec![answer("204 No Content", "", "")],
    ]);
    let mut tail = tail(&hub, None);
    assert_eq!(data(tail.next().await.unwrap()), ["one"]);
    assert_eq!(interruption_ms(&tail.next().await.unwrap()), 5);
    assert_eq!(data(tail.next().await.unwrap()), ["two"]);
    assert_eq!(interruption_ms(&tail.next().await.unwrap()), 5);
    assert!(matches!(tail.next().await, Ok(Step::End)));
    let requests = hub.requests();
    assert!(
        requests[0].starts_with(
            "GET /.well-known/mercure?topic=https%3A%2F%2Fa.example%2F%7Bid%7D&topic=b+c HTTP/1.1\r\n"
        ),
        "{requests:?}"
    );
    assert!(
        requests[0].contains("\r\naccept: text/event-stream\r\n"),
        "{requests:?}"
    );
    assert!(
        requests[0].contains("\r\nauthorization: Bearer a.b.c\r\n"),
        "{requests:?}"
    );
    let ids: Vec<_> = requests
        .iter()
        .map(|request| last_event_id(request))
        .collect();
    assert_eq!(ids, [None, Some("1"), Some("2")]);
}

#[tokio::test]
async fn it_begins_where_it_is_told_to() {
    let hub = Scripted::play(vec![
        vec![stream(": nothing yet\n\n")],
        vec![stream("id: 9\ndata: nine\n\n")],
        vec![answer("204 No Content", "", "")],
    ]);
    let mut tail = tail(&hub, Some("ère"));
    assert_eq!(interruption_ms(&tail.next().await.unwrap()), 1_000);
    assert_eq!(data(tail.next().await.unwrap()), ["nine"]);
    assert_eq!(interruption_ms(&tail.next().await.unwrap()), 1_000);
    assert!(matches!(tail.next().await, Ok(Step::End)));
    let requests = hub.requests();
    let ids: Vec<_> = requests
        .iter()
        .map(|request| last_event_id(request))
        .collect();
    assert_eq!(ids, [Some("ère"), Some("ère"), Some("9")]);
}

#[tokio::test]
async fn a_hub_that_refuses_is_not_asked_again() {
    let hub = Scripted::play(vec![vec![answer("401 Unauthorized", "", "invalid token")]]);
    let error = tail(&hub, None).next().await.unwrap_err();
    assert_eq!(
        error.downcast_ref::<Refusal>().unwrap().message,
        "invalid token"
    );
}

#[tokio::test]
async fn a_hub_that_is_busy_after_a_good_stream_is_asked_again_and_one_that_refuses_is_not() {
    let hub = Scripted::play(vec![
        vec![stream("retry: 7\ndata: x\n\n")],
        vec![answer("503 Service Unavailable", "", "draining")],
        vec![answer("403 Forbidden", "", "no more")],
    ]);
    let mut tail = tail(&hub, None);
    assert_eq!(data(tail.next().await.unwrap()), ["x"]);
    assert_eq!(interruption_ms(&tail.next().await.unwrap()), 7);
    assert_eq!(interruption_ms(&tail.next().await.unwrap()), 14);
    assert!(
        tail.next()
            .await
            .unwrap_err()
            .to_string()
            .ends_with("no more")
    );
}

#[tokio::test]
async fn a_hub_that_is_busy_from_the_start_is_an_error() {
    let hub = Scripted::play(vec![vec![answer(
        "503 Service Unavailable",
        "",
        "draining",
    )]]);
    assert!(
        tail(&hub, None)
            .next()
            .await
            .unwrap_err()
            .to_string()
            .ends_with("draining")
    );
}

#[tokio::test]
async fn messages_before_a_fault_of_the_stream_are_still_given() {
    let line = "x".repeat(17 << 20);
    let hub = Scripted::play(vec![vec![stream(&format!(
        "data: one\n\ndata: {line}\n\n"
    ))]]);
    let mut tail = tail(&hub, None);
    assert_eq!(data(tail.next().await.unwrap()), ["one"]);
    let Step::Interrupted(error, _) = tail.next().await.unwrap() else {
        panic!("it went on")
    };
    assert!(
        error.to_string().contains("more than 16777216 bytes"),
        "{error}"
    );
    drop(tail);
}
