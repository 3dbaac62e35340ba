//! Replay, catch-up, and going live: no gap, no duplicate, order kept.

use umbel_eventlog::Retention;
use umbel_hub::{Resume, TenantConfig};
use umbel_routing::{Export, FaultClass};

use crate::fakes::FakePolicy;
use crate::rig::{ASK, Ask, Rig, native, numbers, run, run_as_body};

async fn resume(rig: &Rig, resume: Resume) -> crate::rig::Client {
    rig.open(Ask { resume, ..ASK }).await.expect("let in")
}

#[test]
fn a_client_resumes_after_the_id_that_it_saw_last() {
    run(async || {
        let rig = Rig::new("");
        for n in 0..1000 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted");
        }
        // Ids count from 1, so id 300 carries 299.
        let mut client = resume(&rig, Resume::After("300".into())).await;
        assert_eq!(client.cursor.as_deref(), Some("300"));
        assert_eq!(client.all_data(&rig).await, numbers(300..1000));
        rig.publish("t", "live").await;
        assert_eq!(client.data(), ["live"]);
    });
}

#[test]
fn earliest_asks_for_all_that_the_log_holds() {
    run(async || {
        let rig = Rig::new("");
        for n in 0..3 {
            rig.publish("t", &n.to_string()).await;
        }
        let mut client = resume(&rig, Resume::Earliest).await;
        assert_eq!(client.cursor.as_deref(), Some("earliest"));
        assert_eq!(client.all_data(&rig).await, numbers(0..3));
    });
}

#[test]
fn a_newcomer_gets_nothing_that_was_published_before_it_came() {
    run(async || {
        let rig = Rig::new("");
        let mut first = rig.subscribe(&["*"]).await;
        // Logged, not routed yet: the station has had no turn.
        rig.try_publish("t", "before", false)
            .await
            .expect("accepted");
        let mut late = rig.subscribe(&["*"]).await;
        rig.publish("t", "after").await;
        assert_eq!(first.data(), ["before", "after"]);
        assert_eq!(late.data(), ["after"]);
    });
}

#[test]
fn an_empty_id_asks_for_the_cursor_alone() {
    run(async || {
        let rig = Rig::new("");
        let empty = || Resume::After(String::new());
        let first = resume(&rig, empty()).await;
        assert_eq!(first.cursor.as_deref(), Some("earliest"));
        rig.publish("t", "0").await;
        rig.publish("t", "1").await;
        let mut client = resume(&rig, empty()).await;
        assert_eq!(client.cursor.as_deref(), Some("2"));
        rig.publish("t", "2").await;
        assert_eq!(client.all_data(&rig).await, ["2"]);
    });
}

#[test]
fn an_unknown_id_is_told_as_a_gap_and_answered_with_all_there_is() {
    run(async || {
        let rig = Rig::new("");
        rig.publish("t", "0").await;
        let mut client = resume(&rig, Resume::After("of another life".into())).await;
        assert_eq!(client.cursor.as_deref(), Some("earliest"));
        assert_eq!(
            client.all_data(&rig).await,
            [r#"gap {"cause":"unknown-id"}"#, "0"]
        );
    });
}

#[test]
fn what_the_log_dropped_meanwhile_is_told_as_a_gap() {
    run(async || {
        let keep = Retention {
            events_max: 20,
            ..Retention::UNBOUNDED
        };
        let policy = native("events = 4\nwhen-full = catch-up");
        let rig = Rig::with(TenantConfig::default(), keep, policy);
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        for n in 0..100 {
            rig.publish("t", &n.to_string()).await;
        }
        let data = client.all_data(&rig).await;
        assert_eq!(data[0], r#"gap {"cause":"expired","count":80}"#);
        assert_eq!(data[1..], numbers(80..100));
    });
}

#[test]
fn pages_hold_only_what_the_client_asked_for() {
    run(async || {
        let rig = Rig::new("");
        for n in 0..2000 {
            rig.try_publish(&format!("t{}", n % 100), &n.to_string(), false)
                .await
                .expect("ok");
        }
        let ask = Ask {
            topics: &["t7"],
            resume: Resume::Earliest,
            ..ASK
        };
        let mut client = rig.open(ask).await.expect("let in");
        let expected: Vec<String> = (0..20).map(|n| (n * 100 + 7).to_string()).collect();
        assert_eq!(client.all_data(&rig).await, expected);
    });
}

#[test]
fn a_client_that_is_fed_while_others_publish_misses_nothing() {
    run(async || {
        let rig = Rig::new("events = 8\nwhen-full = catch-up");
        for n in 0..700 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted");
        }
        let mut client = resume(&rig, Resume::Earliest).await;
        let mut got = Vec::new();
        // Every odd number of steps something new comes in: the hand-over meets it sooner or later.
        for n in 700..1400 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted");
            for _ in 0..n % 7 {
                tokio::task::yield_now().await;
            }
            if n % 3 == 0 {
                got.extend(client.data());
            }
        }
        got.extend(client.all_data(&rig).await);
        assert_eq!(got, numbers(0..1400));
    });
}

#[test]
fn no_mailbox_holds_more_than_a_page_while_its_client_is_fed() {
    run_as_body(async || {
        let rig = Rig::new("");
        for n in 0..5000 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted");
        }
        let mut client = resume(&rig, Resume::Earliest).await;
        client.read();
        rig.settle().await;
        let piece = client.read_piece().expect("the first page");
        let events = String::from_utf8(piece.to_vec())
            .expect("text")
            .matches("data: ")
            .count();
        assert_eq!(events, 256);
    });
}

#[test]
fn a_page_that_the_policy_fails_on_is_withheld_and_holds_up_nobody_who_stands_elsewhere() {
    run_as_body(async || {
        let policy = FakePolicy::new("").fails(|call| {
            let poisoned = call.events.iter().any(|topic| topic == "poison");
            (call.export == Export::Select && poisoned).then_some(FaultClass::Trap)
        });
        let rig = Rig::deciding(1, policy.version(), None);
        rig.try_publish("poison", "0", false)
            .await
            .expect("accepted");
        for n in 1..600 {
            rig.try_publish("t", &n.to_string(), false)
                .await
                .expect("accepted");
        }
        let (mut first, mut second) = tokio::join!(
            resume(&rig, Resume::Earliest),
            resume(&rig, Resume::After("400".into()))
        );
        let mut lives = rig.subscribe(&["t"]).await;
        rig.publish("t", "600").await;
        assert_eq!(lives.data(), ["600"]);
        assert_eq!(second.all_data(&rig).await, numbers(400..601));
        let got = first.all_data(&rig).await;
        assert_eq!(
            got[0], "gap {\"cause\":\"withheld\",\"count\":64}",
            "less of the page than failed at first"
        );
        assert_eq!(got[1..], numbers(64..601));
        assert_eq!(policy.watch.created(), 3, "it failed twice");
    });
}
