//! The policies of `guest/examples` at work: each keeps what it promises to those who are slow, late or particular.

use std::time::Duration;

use serde_json::json;
use umbel_sse::Message;

use crate::rig::{
    Publisher, Server, Subscriber, form, run, secret_file, signed, token, umbel, with_key,
};

const DIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../guest/dist");

/// Bytes of one event: a few fill what the kernel holds for someone who does not read.
const LARGE: usize = 200 * 1024;

/// Longer than whatever comes takes to come.
const QUIET: Duration = Duration::from_millis(500);

/// The section of a configuration that names this example.
fn policy(name: &str) -> String {
    format!("[policy]\ncomponent = \"{DIST}/{name}.wasm\"\n")
}

/// Publishes a large event that begins with `number`.
async fn publish(publisher: &mut Publisher, topic: &str, kind: &str, number: usize) {
    let data = format!("{number}:{}", "x".repeat(LARGE));
    let fields = [("topic", topic), ("type", kind), ("data", &data)];
    let answer = publisher.post(&form(&fields)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

fn number(message: &Message) -> usize {
    let number = message.data.split(':').next();
    number.and_then(|n| n.parse().ok()).expect("a number")
}

/// The numbers of those messages that are of this kind.
fn numbers(messages: &[Message], kind: &str) -> Vec<usize> {
    let of_kind = messages.iter().filter(|m| m.kind == kind);
    of_kind.map(number).collect()
}

async fn verdicts(server: &Server, verdict: &str) -> f64 {
    let sample = format!(r#"umbel_verdicts_total{{tenant="default",verdict="{verdict}"}}"#);
    server.metric(&sample).await
}

#[test]
fn whoever_falls_behind_gets_the_newest_price_of_each_symbol() {
    const SYMBOLS: [&str; 3] = ["AAPL", "MSFT", "NVDA"];
    const ROUNDS: usize = 30;
    run(async {
        let config = policy("latest-price") + "[mailbox]\nevents = 8\nbytes = \"64MiB\"\n";
        let server = Server::run(&["--dev"], &config);
        let mut slow = Subscriber::narrow(server.hub, &SYMBOLS).await;
        let mut quick = Subscriber::open(server.hub, &["MSFT"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        for round in 0..ROUNDS {
            for symbol in SYMBOLS {
                publish(&mut publisher, symbol, symbol, round).await;
            }
            let message = quick.next().await.expect("the stream goes on");
            assert_eq!((&*message.kind, number(&message)), ("MSFT", round));
        }
        let late = slow.until_quiet(QUIET).await;
        for symbol in SYMBOLS {
            let prices = numbers(&late, symbol);
            assert!(prices.is_sorted(), "{symbol}: {prices:?}");
            assert_eq!(prices.last(), Some(&(ROUNDS - 1)), "{symbol}: {prices:?}");
        }
        let conflated = verdicts(&server, "conflate").await;
        assert!(conflated > 0.0, "its mailbox was full");
        let all = u32::try_from(SYMBOLS.len() * ROUNDS).expect("small");
        let (all, come) = (f64::from(all), u32::try_from(late.len()).expect("small"));
        assert_eq!(
            f64::from(come) + conflated,
            all,
            "old prices alone are missing"
        );
    });
}

#[test]
fn no_symbol_loses_its_newest_price_while_another_has_older_ones_waiting() {
    const BUSY: usize = 40;
    run(async {
        let config = policy("latest-price") + "[mailbox]\nevents = 4\nbytes = \"64MiB\"\n";
        let server = Server::run(&["--dev"], &config);
        let mut slow = Subscriber::narrow(server.hub, &["*"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let busy = std::iter::repeat_n("BUSY", BUSY);
        // A rare one comes to be the oldest of what waits, with prices of the busy one behind it.
        let rest = ["RARE", "BUSY", "BUSY", "BUSY", "NEW", "NEWER"];
        let all: Vec<&str> = busy.chain(rest).collect();
        for (number, symbol) in all.iter().enumerate() {
            publish(&mut publisher, symbol, symbol, number).await;
        }
        let late = slow.until_quiet(QUIET).await;
        assert!(late.len() < all.len(), "its mailbox was full");
        for symbol in ["BUSY", "RARE", "NEW", "NEWER"] {
            let newest = all.iter().rposition(|of| *of == symbol);
            assert_eq!(numbers(&late, symbol).last().copied(), newest, "{symbol}");
        }
        assert!(
            late.iter().all(|m| m.kind != "umbel.gap"),
            "nothing else is missing"
        );
    });
}

#[test]
fn chatter_is_shed_for_a_slow_subscriber_and_no_alarm_is_lost() {
    const EVENTS: usize = 100;
    // Ticks alone fill the mailbox, alarms among them come after that.
    let kind = |n: usize| match n >= EVENTS / 2 && n.is_multiple_of(5) {
        true => "alarm",
        false => "tick",
    };
    run(async {
        let config = policy("priority-by-kind")
            + "config = 'chatter = [\"tick\"]'\n[mailbox]\nevents = 4\nbytes = \"64MiB\"\n";
        let server = Server::run(&["--dev"], &config);
        let mut slow = Subscriber::narrow(server.hub, &["plant"]).await;
        let mut quick = Subscriber::open(server.hub, &["plant"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        for n in 0..EVENTS {
            publish(&mut publisher, "plant", kind(n), n).await;
            let message = quick.next().await.expect("the stream goes on");
            assert_eq!((&*message.kind, number(&message)), (kind(n), n));
        }
        let late = slow.until_quiet(QUIET).await;
        let alarms: Vec<usize> = (0..EVENTS).filter(|n| kind(*n) == "alarm").collect();
        assert_eq!(numbers(&late, "alarm"), alarms);
        let ticks = numbers(&late, "tick");
        assert!(ticks.is_sorted(), "{ticks:?}");
        assert!(ticks.len() < EVENTS / 2, "{ticks:?}");
        assert!(late.iter().any(|m| m.kind == "umbel.gap"), "it is told");
        assert!(verdicts(&server, "drop-newest").await > 0.0);
        assert_eq!(verdicts(&server, "catch-up").await, 1.0);
    });
}

#[test]
fn how_far_back_somebody_may_go_is_a_matter_of_its_plan() {
    const BRIEF: Duration = Duration::from_secs(3);
    run(async {
        let secret = secret_file();
        let plans = format!(
            "[policy.config.plans]\nbrief = {}\ngold = 3600\n",
            BRIEF.as_secs()
        );
        let config = with_key(&secret, true) + &policy("replay-limits") + &plans;
        let server = Server::run(&[], &config);
        let token = token(&secret, &["--publish", "*"]);
        let mut publisher = Publisher::connect(server.hub).await.with_token(&token);
        publisher.publish("news", "old").await;
        tokio::time::sleep(BRIEF + Duration::from_millis(200)).await;
        publisher.publish("news", "recent").await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        let of_plan = |plan: &str| {
            let claims = json!({"exp": 4_000_000_000_u64, "mercure": {}, "plan": plan});
            vec![format!(
                "Authorization: Bearer {}",
                signed(&secret, &claims)
            )]
        };
        let who: [(Vec<String>, &[&str]); 4] = [
            (of_plan("brief"), &["recent"]),
            (of_plan("gold"), &["old", "recent"]),
            (of_plan("platinum"), &[]),
            (vec![], &[]),
        ];
        let mut all = Vec::new();
        for (mut headers, replayed) in who {
            headers.push("Last-Event-ID: earliest".to_owned());
            let subscriber = Subscriber::with(server.hub, &["news"], &headers).await;
            all.push((subscriber, replayed));
        }
        publisher.publish("news", "live").await;
        for (mut subscriber, replayed) in all {
            let expected = [replayed, &["live"]].concat();
            assert_eq!(subscriber.data(expected.len()).await, expected);
        }
    });
}

#[test]
fn a_layer_mutes_what_is_told_to_it_in_front_of_the_default_policy() {
    run(async {
        let config = "config = \"\"\"\nmute = typing\nevents = 256\n\"\"\"\n";
        let server = Server::run(&["--dev"], &(policy("muted-dispatcher") + config));
        let mut live = Subscriber::open(server.hub, &["room/{id}"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let events = [
            ("typing", "room/1", "..."),
            ("message", "room/1", "hello"),
            ("", "room/2", "plain"),
            ("typing", "room/2", "..."),
            ("message", "hall", "elsewhere"),
            ("message", "room/2", "bye"),
        ];
        for (kind, topic, data) in events {
            let fields = [("topic", topic), ("type", kind), ("data", data)];
            let answer = publisher.post(&form(&fields)).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
        let heard = ["hello", "plain", "bye"];
        assert_eq!(live.data(heard.len()).await, heard);
        let earliest = ["Last-Event-ID: earliest".to_owned()];
        let mut late = Subscriber::with(server.hub, &["room/{id}"], &earliest).await;
        assert_eq!(late.data(heard.len()).await, heard);
        for mut subscriber in [live, late] {
            let more = subscriber.until_quiet(QUIET).await;
            assert!(more.is_empty(), "{more:?}");
        }
    });
}

#[test]
fn a_layer_alone_is_refused_and_so_is_a_configuration_that_the_policy_behind_it_does_not_know() {
    let refused = |config: &str| {
        let file = std::env::temp_dir().join(format!("umbel-e2e-{}", uuid::Uuid::new_v4()));
        std::fs::write(&file, config).expect("written");
        let mut umbel = umbel();
        let output = umbel.arg("check").arg("--config").arg(&file).output();
        std::fs::remove_file(&file).expect("removed");
        let output = output.expect("it runs");
        assert_eq!(output.status.code(), Some(64), "{config}");
        String::from_utf8(output.stderr).expect("text")
    };
    let alone = refused(&policy("muted"));
    assert!(alone.contains("fan-out"), "{alone}");
    let unknown = refused(&(policy("muted-dispatcher") + "config = \"mute = a\\nnonsense = 1\"\n"));
    assert!(unknown.contains("nonsense"), "{unknown}");
}

#[test]
fn a_language_of_the_policy_matches_and_one_that_nobody_declares_does_not() {
    run(async {
        let server = Server::run(&["--dev"], &policy("glob-matcher"));
        let mut glob = Subscriber::asking(server.hub, &[("match_glob", "s/*/t")]).await;
        let mut nobody =
            Subscriber::asking(server.hub, &[("match_nobody", "s/*/t"), ("topic", "end")]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        for topic in ["s/1/t", "s/1/h", "s/2/3/t", "end"] {
            publisher.publish(topic, topic).await;
        }
        assert_eq!(glob.data(2).await, ["s/1/t", "s/2/3/t"]);
        assert_eq!(nobody.data(1).await, ["end"]);
        for mut subscriber in [glob, nobody] {
            let more = subscriber.until_quiet(QUIET).await;
            assert!(more.is_empty(), "{more:?}");
        }
    });
}
