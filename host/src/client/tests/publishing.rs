//! Publishing.

use std::net::TcpListener;

use super::super::refusal::Refusal;
use super::super::{Publication, Publisher};
use super::scripted::{Scripted, answer};

const CLOSE: &str = "connection: close\r\n";

fn publication(data: &str) -> Publication {
    Publication {
        topics: vec!["t".into()],
        data: data.into(),
        ..Publication::default()
    }
}

#[tokio::test]
async fn events_go_over_one_connection_in_order() {
    let hub = Scripted::play(vec![vec![
        answer("200 OK", "", "1"),
        answer("200 OK", "", "2\n"),
    ]]);
    let mut publisher = Publisher::new(hub.url.clone(), Some("a.b.c".into()));
    assert_eq!(publisher.publish(&publication("one")).await.unwrap(), "1");
    assert_eq!(publisher.publish(&publication("two")).await.unwrap(), "2");
    let requests = hub.requests();
    assert!(
        requests[0].starts_with("POST /.well-known/mercure HTTP/1.1\r\n"),
        "{requests:?}"
    );
    assert!(
        requests[0].contains("\r\nauthorization: Bearer a.b.c\r\n"),
        "{requests:?}"
    );
    assert!(
        requests[0].contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"),
        "{requests:?}"
    );
    assert!(
        requests[0].ends_with("\r\n\r\ntopic=t&data=one"),
        "{requests:?}"
    );
    assert!(
        requests[1].ends_with("\r\n\r\ntopic=t&data=two"),
        "{requests:?}"
    );
}

#[tokio::test]
async fn a_connection_that_the_hub_closed_is_opened_again() {
    let hub = Scripted::play(vec![
        vec![answer("200 OK", CLOSE, "1")],
        vec![answer("200 OK", CLOSE, "2")],
    ]);
    let mut publisher = Publisher::new(hub.url.clone(), None);
    assert_eq!(publisher.publish(&publication("one")).await.unwrap(), "1");
    assert_eq!(publisher.publish(&publication("two")).await.unwrap(), "2");
    assert_eq!(hub.requests().len(), 2);
}

#[tokio::test]
async fn an_event_whose_answer_is_lost_is_not_sent_twice() {
    let hub = Scripted::play(vec![vec![String::new()]]);
    let error = Publisher::new(hub.url.clone(), None)
        .publish(&publication("one"))
        .await;
    let error = error.unwrap_err().to_string();
    assert!(
        error.contains("the hub may have taken the event or not"),
        "{error}"
    );
    assert_eq!(hub.requests().len(), 1);
}

#[tokio::test]
async fn a_refusal_is_told_in_the_hubs_own_words() {
    let words = "a topic of 5000 bytes;\x1b[2J the limit is 4096\n";
    let hub = Scripted::play(vec![vec![answer("400 Bad Request", "", words)]]);
    let error = Publisher::new(hub.url.clone(), None)
        .publish(&publication("one"))
        .await;
    let error = error.unwrap_err();
    let refusal = error.downcast_ref::<Refusal>().unwrap();
    assert_eq!(refusal.status, 400);
    assert_eq!(
        refusal.message,
        "a topic of 5000 bytes;[2J the limit is 4096"
    );
}

#[tokio::test]
async fn of_a_problem_document_only_the_words_are_told() {
    let document = r#"{"type":"about:blank","status":400,"detail":"no topic"}"#;
    let hub = Scripted::play(vec![vec![answer("400 Bad Request", "", document)]]);
    let error = Publisher::new(hub.url.clone(), None)
        .publish(&publication("one"))
        .await;
    assert_eq!(
        error.unwrap_err().to_string(),
        "the hub answered 400 Bad Request: no topic"
    );
}

#[tokio::test]
async fn a_hub_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}").parse().unwrap();
    let error = Publisher::new(url, None)
        .publish(&publication("one"))
        .await
        .unwrap_err();
    let error = format!("{error:#}");
    assert!(
        error.starts_with(&format!("cannot connect to {address}: ")),
        "{error}"
    );
}
