//! What happens to those who cannot keep up: the five verdicts, and being asked.

use umbel_eventlog::Retention;
use umbel_hub::{MailboxConfig, TenantConfig};

use crate::rig::{Client, Rig, native, numbers, run, run_as_body};

/// What two clients got, who are still there.
struct Outcome {
    quick: Vec<String>,
    slow: Vec<String>,
    rig: Rig,
    _clients: [Client; 2],
}

/// Two clients of a mailbox of three events, of which one does not read; events 0 to 9 are published.
async fn overflow(when_full: &str) -> Outcome {
    let rig = Rig::new(&format!("events = 3\n{when_full}"));
    let mut reads = rig.subscribe(&["*"]).await;
    let mut stops = rig.subscribe(&["*"]).await;
    reads.read();
    stops.read();
    let mut quick = Vec::new();
    for n in 0..10 {
        rig.publish(&format!("t{}", n % 2), &n.to_string()).await;
        quick.extend(reads.data());
    }
    let slow = stops.all_data(&rig).await;
    Outcome {
        quick,
        slow,
        rig,
        _clients: [reads, stops],
    }
}

#[test]
fn whoever_keeps_up_gets_everything_whatever_befalls_others() {
    run(async || {
        for verdict in [
            "drop-newest",
            "drop-oldest",
            "conflate",
            "catch-up",
            "disconnect",
        ] {
            let Outcome { quick, .. } = overflow(&format!("when-full = {verdict}")).await;
            assert_eq!(quick, numbers(0..10), "{verdict}");
        }
    });
}

#[test]
fn drop_newest_keeps_what_waited_and_says_how_much_was_dropped() {
    run(async || {
        let outcome = overflow("when-full = drop-newest").await;
        let (slow, rig) = (outcome.slow.clone(), &outcome.rig);
        assert_eq!(
            slow,
            [r#"gap {"cause":"dropped","count":7}"#, "0", "1", "2"]
        );
        assert_eq!(rig.metric(r#"umbel_subscribers{tenant="default"}"#), 2.0);
    });
}

#[test]
fn drop_oldest_keeps_the_newest_and_says_how_much_was_dropped() {
    run(async || {
        let Outcome { slow, .. } = overflow("when-full = drop-oldest").await;
        assert_eq!(
            slow,
            [r#"gap {"cause":"dropped","count":7}"#, "7", "8", "9"]
        );
    });
}

#[test]
fn conflate_keeps_the_newest_of_each_topic_in_the_order_of_the_log() {
    run(async || {
        let Outcome { slow, .. } = overflow("when-full = conflate").await;
        // 0 1 2 wait; 3 replaces 1, 4 replaces 0, 5 replaces 3, and so on: no gap is told.
        assert_eq!(slow, ["6", "8", "9"]);
    });
}

#[test]
fn conflate_takes_the_newest_of_a_topic_only_where_nothing_older_is_left_to_go() {
    run(async || {
        for (topics, left) in [
            // A newer one waits behind the first busy one, which makes room for the new one.
            (&["rare", "busy", "busy", "new"][..], &["0", "2", "3"][..]),
            // Each that waits is the newest of its topic: the oldest goes, and that is told.
            (
                &["rare", "busy", "busy", "new", "newer"],
                &[r#"gap {"cause":"dropped","count":1}"#, "2", "3", "4"],
            ),
        ] {
            let rig = Rig::new("events = 3\nwhen-full = conflate");
            let mut stops = rig.subscribe(&["*"]).await;
            stops.read();
            for (number, topic) in topics.iter().enumerate() {
                rig.publish(topic, &number.to_string()).await;
            }
            assert_eq!(stops.all_data(&rig).await, left, "{topics:?}");
        }
    });
}

#[test]
fn catch_up_loses_nothing_and_keeps_the_order() {
    run(async || {
        let Outcome { slow, rig, .. } = overflow("when-full = catch-up").await;
        assert_eq!(slow, numbers(0..10));
        assert_eq!(
            rig.metric(r#"umbel_catching_up{tenant="default",shard="0"}"#),
            0.0
        );
    });
}

#[test]
fn disconnect_ends_the_stream_of_the_slow_one_alone() {
    run(async || {
        let outcome = overflow("when-full = disconnect").await;
        assert_eq!(outcome.slow, numbers(0..0));
        let rig = &outcome.rig;
        tick(rig).await;
        assert_eq!(
            rig.metric(r#"umbel_leaves_total{tenant="default",reason="slow"}"#),
            1.0
        );
        assert_eq!(rig.metric(r#"umbel_subscribers{tenant="default"}"#), 1.0);
        assert_eq!(
            rig.metric(r#"umbel_verdicts_total{tenant="default",verdict="disconnect"}"#),
            1.0
        );
    });
}

#[test]
fn where_the_policy_wants_to_be_asked_its_answer_holds() {
    run(async || {
        let Outcome { slow, .. } = overflow("when-full = ask\noverflow = drop-oldest").await;
        assert_eq!(
            slow,
            [r#"gap {"cause":"dropped","count":7}"#, "7", "8", "9"]
        );
        let Outcome { slow, .. } = overflow("when-full = ask\noverflow = catch-up").await;
        assert_eq!(slow, numbers(0..10));
        let outcome = overflow("when-full = ask\noverflow = disconnect").await;
        assert_eq!(outcome.quick, numbers(0..10));
        assert_eq!(outcome.slow, numbers(0..0));
        assert_eq!(
            outcome.rig.metric(r#"umbel_subscribers{tenant="default"}"#),
            1.0
        );
    });
}

#[test]
fn an_empty_mailbox_takes_any_one_event_and_the_host_lowers_what_exceeds_its_limits() {
    run(async || {
        let config = TenantConfig {
            mailbox: MailboxConfig {
                events_max: 2,
                bytes_max: 200,
            },
            ..TenantConfig::default()
        };
        let policy = native("events = 1000\nwhen-full = drop-newest");
        let rig = Rig::with(config, Retention::UNBOUNDED, policy);
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        let large = "x".repeat(1000);
        rig.publish("t", &large).await;
        rig.publish("t", "too much beside the large one").await;
        assert_eq!(
            client.data(),
            [r#"gap {"cause":"dropped","count":1}"#, large.as_str()]
        );
        for n in 0..5 {
            rig.publish("t", &n.to_string()).await;
        }
        assert_eq!(
            client.data(),
            [r#"gap {"cause":"dropped","count":3}"#, "0", "1"]
        );
    });
}

#[test]
fn those_who_wait_for_the_same_events_get_them_in_one_piece_and_share_it() {
    run_as_body(async || {
        let rig = Rig::new("");
        let mut one = rig.subscribe(&["*"]).await;
        let mut other = rig.subscribe(&["*"]).await;
        one.read();
        other.read();
        for n in 0..10 {
            rig.publish("t", &n.to_string()).await;
        }
        let (one, other) = (
            one.read_piece().expect("all"),
            other.read_piece().expect("all"),
        );
        assert_eq!(one.as_ptr(), other.as_ptr(), "shared, not copied");
        let text = String::from_utf8(one.to_vec()).expect("text");
        assert_eq!(text.matches("data: ").count(), 10);
    });
}

#[test]
fn a_blocked_connection_is_handed_nothing_and_its_mailbox_stays_bounded() {
    run_as_body(async || {
        let rig = Rig::new("events = 2\nwhen-full = drop-newest");
        let mut client = rig.subscribe(&["*"]).await;
        client.read();
        client.outlet.block();
        for n in 0..5 {
            rig.publish("t", &n.to_string()).await;
        }
        assert_eq!(client.data(), numbers(0..0));
        assert!(client.outlet.unblock());
        assert_eq!(
            client.data(),
            [r#"gap {"cause":"dropped","count":3}"#, "0", "1"]
        );
    });
}

/// Long enough for counters to reach the metrics.
pub(crate) async fn tick(rig: &Rig) {
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    rig.settle().await;
}
