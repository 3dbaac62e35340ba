//! What else operators do, and who may.

use std::process::Output;
use std::time::{Duration, Instant};

use crate::rig::{
    Operator, Publisher, Server, Subscriber, builtin, get, operators_secret, run, secret_file,
    umbel, wait_until, with_key,
};

const DEFAULT: &str = "/v1/tenants/default";

/// Every route that asks for the token, as they are documented.
const GUARDED: &[(&str, &str)] = &[
    ("GET", "/v1/status"),
    ("GET", "/v1/openapi.json"),
    ("GET", "/v1/tenants"),
    ("GET", "/v1/tenants/default"),
    ("PUT", "/v1/tenants/default/policy"),
    ("DELETE", "/v1/tenants/default/policy"),
    ("POST", "/v1/tenants/default/policy/rollback"),
    ("PUT", "/v1/tenants/default/filter"),
    ("DELETE", "/v1/tenants/default/filter"),
    ("POST", "/v1/tenants/default/filter/rollback"),
    ("PUT", "/v1/tenants/default/shadow"),
    ("GET", "/v1/tenants/default/shadow"),
    ("DELETE", "/v1/tenants/default/shadow"),
    ("GET", "/v1/tenants/default/trace"),
    ("GET", "/v1/tenants/default/subscribers"),
    ("DELETE", "/v1/tenants/default/subscribers/0-1"),
    ("POST", "/v1/drain"),
];

#[test]
fn every_route_needs_the_token() {
    run(async {
        let secret = secret_file();
        let (file, token) = operators_secret();
        let admin = format!("[admin]\ntoken-file = \"{}\"\n", file.display());
        let server = Server::run(&[], &(with_key(&secret, true) + &admin));
        let nobody = Operator::of(&server);
        let somebody = Operator::of(&server).with("Authorization: Bearer 0123456789abcdef");
        for (method, path) in GUARDED {
            for operator in [&nobody, &somebody] {
                let answer = operator.ask(method, path).await;
                assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
                answer.refusal(401);
            }
        }
        assert_eq!(get(server.admin, "/readyz", &[]).await.status, 200);
        let operator = Operator::of(&server).with(&token);
        let document = operator.get("/v1/openapi.json").await;
        let described: usize = document["paths"]
            .as_object()
            .expect("paths")
            .values()
            .map(|operations| operations.as_object().expect("operations").len())
            .sum();
        assert_eq!(
            described,
            GUARDED.len() + 3,
            "and health, readiness, metrics"
        );
    });
}

#[test]
fn another_web_page_changes_nothing_also_where_no_token_is_needed() {
    run(async {
        let server = Server::start("");
        let component = std::fs::read(builtin()).expect("the built-in policy");
        for header in [
            "Origin: https://evil.example",
            "Origin: null",
            "Sec-Fetch-Site: cross-site",
        ] {
            let page = Operator::of(&server).with(header);
            for (method, path) in GUARDED {
                page.ask(method, path).await.refusal(403);
            }
            page.put(&format!("{DEFAULT}/policy"), &component)
                .await
                .refusal(403);
        }
        let operator = Operator::of(&server);
        assert_eq!(operator.get(DEFAULT).await["policy"]["source"], "builtin");
        assert_eq!(get(server.hub, "/readyz", &[]).await.status, 200);
    });
}

#[test]
fn subscribers_are_listed_and_ended_one_by_one() {
    run(async {
        let server = Server::start("");
        let operator = Operator::of(&server);
        let mut stays = Subscriber::open(server.hub, &["stays"]).await;
        let mut goes = Subscriber::open(server.hub, &["goes", "x-{y}"]).await;
        let path = format!("{DEFAULT}/subscribers");
        let listed = operator.get(&path).await;
        assert_eq!(listed["complete"], true);
        let subscribers = listed["subscribers"].as_array().expect("a list");
        assert_eq!(subscribers.len(), 2, "{listed}");
        let named = |topic: &str| {
            let found = subscribers
                .iter()
                .find(|s| s["selectors"].to_string().contains(topic));
            let found = found.unwrap_or_else(|| panic!("{listed}"));
            found["id"].as_str().expect("an id").to_owned()
        };
        let one = format!("{path}/{}", named("goes"));
        assert_eq!(operator.ask("DELETE", &one).await.status, 204);
        assert_eq!(goes.next().await, None);
        assert!(goes.ended_cleanly());
        let gone = async || operator.ask("DELETE", &one).await.status == 404;
        wait_until(Duration::from_secs(5), "it is gone", gone).await;
        for id in ["0", "x-y", "9-9", "-", "18446744073709551616-1"] {
            operator
                .ask("DELETE", &format!("{path}/{id}"))
                .await
                .refusal(404);
        }
        Publisher::connect(server.hub)
            .await
            .publish("stays", "here")
            .await;
        assert_eq!(stays.data(1).await, ["here"]);
    });
}

#[test]
fn a_drain_ends_the_streams_one_after_the_other_and_wants_no_new_work() {
    run(async {
        let server = Server::start("");
        let operator = Operator::of(&server);
        let mut streams = Vec::new();
        for _ in 0..40 {
            streams.push(Subscriber::open(server.hub, &["t"]).await);
        }
        let begun = Instant::now();
        let draining = operator.ask("POST", "/v1/drain?over=2s").await.json();
        assert_eq!(draining["subscribers"], 40);
        assert_eq!(get(server.hub, "/readyz", &[]).await.status, 503);
        assert_eq!(get(server.admin, "/healthz", &[]).await.status, 200);
        let reader = |mut stream: Subscriber| {
            tokio::spawn(async move {
                assert_eq!(stream.next().await, None);
                assert!(stream.ended_cleanly());
                begun.elapsed()
            })
        };
        let readers: Vec<_> = streams.into_iter().map(reader).collect();
        let mut ends = Vec::new();
        for reader in readers {
            ends.push(reader.await.expect("it ends"));
        }
        ends.sort();
        let spread = ends[39] - ends[0];
        println!(
            "the first after {:?}, the last after {:?}",
            ends[0], ends[39]
        );
        assert!(spread > Duration::from_secs(1), "{ends:?}");
        let sent_away = r#"umbel_leaves_total{tenant="default",reason="drain"}"#;
        assert_eq!(server.metric(sent_away).await, 40.0);
        operator.ask("POST", "/v1/drain").await.refusal(409);
    });
}

#[test]
fn while_a_hub_is_drained_newcomers_go_elsewhere_and_those_present_get_their_events() {
    run(async {
        let server = Server::logged(&["--dev"], "[[tenant]]\nname = \"news\"\n");
        let operator = Operator::of(&server);
        let mut streams = Vec::new();
        for _ in 0..30 {
            streams.push(Subscriber::open(server.hub, &["t"]).await);
        }
        let mut publisher = Publisher::connect(server.hub).await;
        let begun = Instant::now();
        operator.ask("POST", "/v1/drain?over=3s").await.json();
        publisher.publish("t", "meanwhile").await;
        for tenant in ["", "/t/news"] {
            let path = format!("{tenant}/.well-known/mercure?topic=t");
            let refused = get(server.hub, &path, &[]).await;
            assert_eq!(refused.status, 200, "EventSource gives up on any other");
            assert_eq!(refused.header("connection"), Some("close"));
            assert!(refused.body.starts_with("retry:"), "{refused:?}");
            assert!(!refused.body.contains("data:"), "{refused:?}");
        }
        let mut got = 0;
        for mut stream in streams {
            let mut messages = Vec::new();
            while let Some(message) = stream.next().await {
                messages.push(message.data);
            }
            assert!(stream.ended_cleanly());
            got += messages.len();
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "{begun:?}");
        // Who is sent away first may be so before the event was routed.
        assert!((25..=30).contains(&got), "{got} of 30");
        let gone = async || server.log().contains("drained");
        wait_until(Duration::from_secs(5), "it says so", gone).await;
        let turned_away = r#"umbel_joins_total{tenant="default",result="closing"}"#;
        assert_eq!(server.metric(turned_away).await, 1.0);
        publisher.publish("t", "to nobody").await;
    });
}

/// `umbel policy` against `server`.
fn policy(server: &Server, args: &[&str]) -> Output {
    let admin = format!("http://{}", server.admin);
    let mut command = umbel();
    command.arg("policy").args(args).args(["--admin", &admin]);
    command.output().expect("it runs")
}

fn printed(output: &Output) -> String {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout.clone()).expect("text")
}

#[test]
fn the_command_line_deploys_rolls_back_and_tells() {
    run(async {
        let server = Server::start("[[tenant]]\nname = \"news\"\n");
        let file = builtin();
        let file = file.to_str().expect("text");
        let news = ["--tenant", "news"];
        let deployed = printed(&policy(&server, &[&["deploy", file], &news[..]].concat()));
        assert!(deployed.starts_with("policy of news: "), "{deployed}");
        let status = printed(&policy(&server, &[&["status"], &news[..]].concat()));
        assert!(
            status.contains("policy: deployed") && status.contains("(by 127.0.0.1"),
            "{status}"
        );
        assert!(status.contains("rollback: configured"), "{status}");
        let default = printed(&policy(&server, &["status", "--json"]));
        let default: serde_json::Value = serde_json::from_str(&default).expect("JSON");
        assert_eq!(default["policy"]["source"], "builtin");
        let config = std::env::temp_dir().join(format!("umbel-e2e-{}", uuid::Uuid::new_v4()));
        std::fs::write(&config, "colour = \"blue\"").expect("written");
        let at = format!("@{}", config.display());
        let refused = policy(&server, &["deploy", file, "--config", &at]);
        std::fs::remove_file(&config).expect("removed");
        let error = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1));
        assert!(error.contains("unknown key"), "{error}");
        let with_words = policy(&server, &["deploy", file, "--config", "events = 5"]);
        assert!(printed(&with_words).starts_with("policy of default: "));
        assert!(printed(&policy(&server, &["rollback"])).starts_with("policy of default: "));
        let nothing = policy(&server, &["rollback", "--filter"]);
        let error = String::from_utf8_lossy(&nothing.stderr).into_owned();
        assert!(error.contains("nothing to go back to"), "{error}");
        assert_eq!(policy(&server, &["deploy"]).status.code(), Some(2));
    });
}

#[test]
fn a_candidate_runs_beside_the_policy_and_its_differences_are_told() {
    run(async {
        let server = Server::start("");
        let operator = Operator::of(&server);
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let path = format!("{DEFAULT}/shadow?sample=1");
        let silent = crate::deploying::silent();
        operator.put(&path, &silent).await.json();
        let mut publisher = Publisher::connect(server.hub).await;
        let mut count = 0;
        let differ = async || {
            publisher.publish("t", "seen").await;
            count += 1;
            let found = operator.get(&format!("{DEFAULT}/shadow")).await;
            found["report"]["differ"].as_u64() > Some(2)
        };
        wait_until(Duration::from_secs(10), "they differ", differ).await;
        let found = operator
            .ask("DELETE", &format!("{DEFAULT}/shadow"))
            .await
            .json();
        let example = &found["report"]["examples"][0];
        assert_eq!(
            (&example["topic"], &example["live-only"]),
            (&"t".into(), &1.into())
        );
        operator
            .ask("GET", &format!("{DEFAULT}/shadow"))
            .await
            .refusal(404);
        assert_eq!(
            stream.data(count).await.len(),
            count,
            "the policy alone decides"
        );
        let file = builtin();
        let file = file.to_str().expect("text");
        let same = printed(&policy(&server, &["shadow", file, "--for", "200ms"]));
        assert!(same.contains(" 0 differ"), "{same}");
        operator
            .ask("GET", &format!("{DEFAULT}/shadow"))
            .await
            .refusal(404);
    });
}
