//! What a policy decides is what is done.

use crate::client::ask;
use crate::rig::{Service, dist};

#[tokio::test]
async fn whoever_asked_for_a_topic_gets_its_events_in_order_and_nobody_else_does() {
    let service = Service::start(&dist("dispatcher"), "").await;
    let mut one = service
        .subscribe("topic=quakes%2F%7Bnet%7D&topic=quakes%2Fci")
        .await;
    let mut all = service.subscribe("topic=*").await;
    for (topic, data) in [
        ("quakes/ci", "1"),
        ("weather", "2"),
        ("quakes/nc", "3\r4\n5"),
    ] {
        service.publish(topic, data).await;
    }
    assert_eq!(all.data(3).await, ["1", "2", "3\n4\n5"]);
    assert_eq!(one.data(2).await, ["1", "3\n4\n5"]);
    let answer = service.post("topic=quakes%2Fci&type=tick&data=6").await;
    assert_eq!((answer.status, &*answer.body), (200, "4"));
    let message = one.next().await.unwrap();
    assert_eq!((&*message.kind, message.id.as_deref()), ("tick", Some("4")));
}

#[tokio::test]
async fn a_language_of_the_policy_matches_and_one_of_nobody_does_not() {
    let service = Service::start(&dist("glob-matcher"), "").await;
    let mut glob = service.subscribe("match_glob=s%2F*%2Ft").await;
    let mut exact = service.subscribe("match_exact=s%2F*%2Ft").await;
    let mut nobody = service.subscribe("match_nobody=s%2F*%2Ft&topic=end").await;
    for topic in ["s/1/t", "s/1/h", "s/*/t", "s/2/3/t", "end"] {
        service.publish(topic, topic).await;
    }
    assert_eq!(glob.data(3).await, ["s/1/t", "s/*/t", "s/2/3/t"]);
    assert_eq!(exact.data(1).await, ["s/*/t"]);
    assert_eq!(nobody.data(1).await, ["end"]);
}

#[tokio::test]
async fn whoever_goes_away_vanishes() {
    let service = Service::start(&dist("dispatcher"), "").await;
    let mut stays = service.subscribe("topic=a").await;
    let goes = service.subscribe("topic=a").await;
    service.until_members(2).await;
    drop(goes);
    service.until_members(1).await;
    service.publish("a", "still").await;
    assert_eq!(stays.data(1).await, ["still"]);
}

#[tokio::test]
async fn what_cannot_be_meant_is_told_and_nothing_is_done() {
    let service = Service::start(&dist("dispatcher"), "").await;
    let query = "topic=a&".repeat(17);
    for query in [
        "",
        "?topic=",
        "?topics=a",
        "?match_glob=",
        &format!("?{query}"),
    ] {
        let answer = ask(service.address, "GET", &format!("/events{query}"), "").await;
        assert_eq!(answer.status, 400, "{query}: {answer:?}");
    }
    for form in [
        "",
        "data=1",
        "topic=*&data=1",
        "topic=a%0Ab",
        "topic=a&type=umbel.gap",
    ] {
        let answer = service.post(form).await;
        assert_eq!(answer.status, 400, "{form}: {answer:?}");
    }
    let large = format!("topic=a&data={}", "x".repeat(1 << 20));
    assert_eq!(service.post(&large).await.status, 413);
    assert_eq!(service.post("topic=a").await.body, "1", "the first event");
}
