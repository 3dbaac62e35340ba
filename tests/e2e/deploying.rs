//! Components that are put in the place of others while the hub runs.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::hostile::guests;
use crate::rig::{
    Operator, Publisher, Server, Subscriber, builtin, operators_secret, run, secret_file, value,
    wait_until, with_key,
};

const POLICY: &str = "/v1/tenants/default/policy";
const FILTER: &str = "/v1/tenants/default/filter";
const TENANT: &str = "/v1/tenants/default";

/// Longer than the hub takes to read its configuration anew.
const NOTICED: Duration = Duration::from_secs(15);

/// A policy that sends nobody anything.
pub(crate) fn silent() -> Vec<u8> {
    guests::guest("polite")
}

const MIB: f64 = 1_048_576.0;

fn dispatcher() -> Vec<u8> {
    std::fs::read(builtin()).expect("the built-in policy")
}

/// A folder of the test's own, removed with all that is in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        let name = format!("umbel-e2e-state-{}", uuid::Uuid::new_v4());
        Self(std::env::temp_dir().join(name))
    }

    pub(crate) fn setting(&self) -> String {
        format!("state-dir = \"{}\"\n", self.0.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Publishes numbers, one after the other, until told to end; answers how many.
fn publishing(server: &Server, going: &Arc<AtomicBool>) -> tokio::task::JoinHandle<usize> {
    let (hub, going) = (server.hub, Arc::clone(going));
    tokio::spawn(async move {
        let mut publisher = Publisher::connect(hub).await;
        let mut count = 0;
        while going.load(Ordering::Relaxed) {
            publisher.publish("t", &count.to_string()).await;
            count += 1;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        count
    })
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().expect("a number")).expect("it fits")
}

#[test]
fn every_event_is_decided_by_the_policy_of_its_side_of_the_cut_and_by_no_other() {
    run(async {
        let server = Server::start("");
        let operator = Operator::of(&server);
        let mut streams = Vec::new();
        for _ in 0..20 {
            streams.push(Subscriber::open(server.hub, &["t"]).await);
        }
        let first = number(&operator.get(TENANT).await["log"]["offset"]);
        let going = Arc::new(AtomicBool::new(true));
        let publisher = publishing(&server, &going);
        let pause = || tokio::time::sleep(Duration::from_millis(100));
        pause().await;
        let silenced = operator.put(POLICY, &silent()).await.json();
        pause().await;
        let back = operator
            .ask("POST", &format!("{POLICY}/rollback"))
            .await
            .json();
        pause().await;
        let same = operator
            .put_with(POLICY, &dispatcher(), "when-full = \"drop-newest\"")
            .await;
        let same = same.json();
        pause().await;
        going.store(false, Ordering::Relaxed);
        let count = publisher.await.expect("it publishes");
        for changed in [&silenced, &back, &same] {
            assert_eq!(changed["complete"], true, "{changed}");
            assert!(changed["prepared-ms"].is_u64(), "{changed}");
        }
        assert_eq!(back["digest"], silenced["previous"]);
        assert_eq!(back["previous"], silenced["digest"]);
        let (from, to) = (
            number(&silenced["cut"]) - first,
            number(&back["cut"]) - first,
        );
        assert!(
            from > 0 && from < to && to < count,
            "{from} {to} of {count}"
        );
        let expected: Vec<String> = (0..count)
            .filter(|n| !(from..to).contains(n))
            .map(|n| n.to_string())
            .collect();
        println!("{count} events, {from}..{to} decided by the silent policy");
        for stream in &mut streams {
            assert_eq!(stream.data(expected.len()).await, expected);
        }
    });
}

/// Reads until `end` has come; answers what came before.
fn read_to_end(mut stream: Subscriber) -> tokio::task::JoinHandle<Vec<String>> {
    tokio::spawn(async move {
        let mut seen = Vec::new();
        loop {
            let next = stream.next().await.expect("it stays open");
            assert_eq!(next.kind, "message", "no gap");
            if next.data == "end" {
                return seen;
            }
            seen.push(next.data);
        }
    })
}

#[test]
fn under_load_every_event_is_decided_by_the_same_policy_on_every_shard() {
    const SHARDS: usize = 4;
    const STREAMS: usize = 40;
    const PUBLISHERS: usize = 3;
    const SWAPS: usize = 6;
    run(async {
        let server = Server::run(&["--dev", "--shards", "4"], "");
        let operator = Operator::of(&server);
        let mut streams = Vec::new();
        for _ in 0..STREAMS {
            streams.push(Subscriber::open(server.hub, &["t"]).await);
        }
        let metric = |shard: usize| {
            format!(r#"umbel_policy_memory_bytes{{tenant="default",shard="{shard}"}}"#)
        };
        let everywhere = async || {
            let metrics = server.metrics().await;
            (0..SHARDS).all(|shard| value(&metrics, &metric(shard)) > 0.0)
        };
        wait_until(NOTICED, "each shard has subscribers", everywhere).await;
        let readers: Vec<_> = streams.into_iter().map(read_to_end).collect();
        let going = Arc::new(AtomicBool::new(true));
        let publishers: Vec<_> = (0..PUBLISHERS)
            .map(|_| publishing(&server, &going))
            .collect();
        let mut silent_events = 0;
        // Each takes the place of the other.
        let path = format!("{POLICY}/rollback");
        let other = async || {
            let changed = operator.ask("POST", &path).await.json();
            tokio::time::sleep(Duration::from_millis(50)).await;
            number(&changed["cut"])
        };
        let silenced = operator.put(POLICY, &silent()).await.json();
        let mut silent_from = number(&silenced["cut"]);
        for _ in 0..SWAPS {
            silent_events += other().await - silent_from;
            silent_from = other().await;
        }
        silent_events += other().await - silent_from;
        going.store(false, Ordering::Relaxed);
        let mut count = 0;
        for publisher in publishers {
            count += publisher.await.expect("it publishes");
        }
        Publisher::connect(server.hub)
            .await
            .publish("t", "end")
            .await;
        let mut seen = Vec::new();
        for reader in readers {
            seen.push(reader.await.expect("it reads"));
        }
        println!("{count} events, {silent_events} of them decided by the silent policy");
        assert!(silent_events > 0 && silent_events < count);
        assert_eq!(seen[0].len(), count - silent_events);
        for other in &seen {
            assert_eq!(*other, seen[0], "no shard decided otherwise");
        }
    });
}

#[test]
fn what_was_deployed_is_told_with_who_and_when_and_is_taken_back() {
    run(async {
        let server = Server::start("");
        let operator = Operator::of(&server).with("Authorization: Bearer some-secret");
        let changed = operator
            .put_with(POLICY, &dispatcher(), "events = 7")
            .await
            .json();
        assert_eq!(
            changed["survives-restart"], false,
            "its folder is temporary"
        );
        let tenant = operator.get(TENANT).await;
        assert_eq!(tenant["policy"]["source"], "deployed");
        assert_eq!(tenant["policy"]["digest"], changed["digest"]);
        let by = tenant["policy"]["deployed"]["by"].as_str().expect("who");
        assert!(
            by.starts_with("127.0.0.1, token ") && !by.contains("secret"),
            "{by}"
        );
        assert!(tenant["policy"]["deployed"]["at-ms"].as_u64() > Some(1_700_000_000_000));
        assert_eq!(tenant["previous-policy"]["source"], "configured");
        assert_eq!(
            operator.get("/v1/status").await["policy"]["source"],
            "deployed"
        );
        operator
            .put(FILTER, &guests::guest("filters/polite"))
            .await
            .json();
        assert_eq!(operator.get(TENANT).await["filter"]["source"], "deployed");
        operator.ask("DELETE", FILTER).await.json();
        operator.ask("DELETE", POLICY).await.json();
        let tenant = operator.get(TENANT).await;
        assert_eq!(tenant["policy"]["source"], "builtin");
        assert_eq!(tenant["policy"]["deployed"], Value::Null);
        assert_eq!(tenant["filter"], Value::Null);
        assert_eq!(tenant["previous-filter"]["source"], "deployed");
        let history = tenant["history"].as_array().expect("a list");
        let word = |entry: &Value, name: &str| entry[name].as_str().expect("a word").to_owned();
        let deeds: Vec<_> = history
            .iter()
            .map(|e| word(e, "part") + " " + &word(e, "deed"))
            .collect();
        let expected = [
            "policy deploy",
            "filter deploy",
            "filter take-back",
            "policy take-back",
        ];
        assert_eq!(deeds, expected);
        operator
            .ask("POST", &format!("{FILTER}/rollback"))
            .await
            .json();
        assert_eq!(operator.get(TENANT).await["filter"]["source"], "deployed");
    });
}

#[test]
fn every_change_and_every_attempt_at_one_is_an_audit_line() {
    run(async {
        let server = Server::logged(&["--dev"], "");
        let operator = Operator::of(&server).with("Authorization: Bearer some-secret");
        let changed = operator.put(POLICY, &dispatcher()).await.json();
        operator
            .ask("POST", &format!("{POLICY}/rollback"))
            .await
            .json();
        operator.ask("DELETE", FILTER).await.refusal(404);
        operator.put(POLICY, b"(component)").await.refusal(422);
        operator
            .put("/v1/tenants/nobody/policy", b"")
            .await
            .refusal(404);
        operator
            .ask("DELETE", "/v1/tenants/default/subscribers/0-7")
            .await
            .refusal(404);
        operator.get(TENANT).await;
        let log = server.log();
        let lines = log.lines().filter(|line| line.contains("umbel::audit"));
        let lines: Vec<Value> = lines
            .map(|l| serde_json::from_str(l).expect("JSON"))
            .collect();
        let expected = [
            ("deploy policy", "default", "done"),
            ("roll policy back", "default", "done"),
            (
                "take filter back",
                "default",
                "refused: nothing was deployed",
            ),
            (
                "deploy policy",
                "default",
                "refused: this is WebAssembly text",
            ),
            ("deploy policy", "nobody", "refused: there is no tenant"),
            (
                "end subscriber",
                "default",
                "refused: there is no subscriber",
            ),
        ];
        assert_eq!(lines.len(), expected.len(), "{lines:?}");
        for (line, (what, tenant, result)) in lines.iter().zip(expected) {
            let fields = &line["fields"];
            assert_eq!(line["level"], "INFO");
            assert_eq!(
                (&fields["what"], &fields["tenant"]),
                (&what.into(), &tenant.into())
            );
            let said = |name: &str| fields[name].as_str().expect("a text");
            assert!(said("result").starts_with(result), "{fields}");
            assert!(said("who").starts_with("127.0.0.1, token "), "{fields}");
        }
        assert_eq!(lines[0]["fields"]["digest"], changed["digest"]);
        assert_eq!(lines[5]["fields"]["subscriber"], "0-7");
        assert!(!log.contains("some-secret"));
    });
}

#[test]
fn what_was_deployed_decides_after_a_restart_and_after_the_configuration_has_changed() {
    run(async {
        let folder = Folder::new();
        let secret = secret_file();
        let config = folder.setting() + &with_key(&secret, true);
        let (token_file, token) = operators_secret();
        let admin = format!("[admin]\ntoken-file = \"{}\"\n", token_file.display());
        let config = config + &admin;
        {
            let mut server = Server::run(&[], &config);
            let operator = Operator::of(&server).with(&token);
            let changed = operator.put(POLICY, &dispatcher()).await.json();
            assert_eq!(changed["survives-restart"], true);
            operator.put(POLICY, &silent()).await.json();
            operator
                .put(FILTER, &guests::guest("filters/polite"))
                .await
                .json();
            server.terminate();
            server.ended_within(Duration::from_secs(6));
        }
        let server = Server::logged(&[], &config);
        let operator = Operator::of(&server).with(&token);
        let tenant = operator.get(TENANT).await;
        assert_eq!(tenant["policy"]["source"], "deployed");
        assert_eq!(tenant["filter"]["source"], "deployed");
        assert!(
            tenant["policy"]["deployed"]["by"]
                .as_str()
                .is_some_and(|by| by.contains("token"))
        );
        assert_eq!(tenant["history"].as_array().map(Vec::len), Some(3));
        assert_eq!(
            operator.get("/v1/status").await["policy"]["source"],
            "deployed"
        );
        let other = format!("{config}[policy]\nconfig = \"events = 9\"\n");
        server.reconfigure(&other);
        server.hang_up();
        let said = async || server.log().contains("the deployed one stays");
        wait_until(NOTICED, "it is said that it stays", said).await;
        assert_eq!(operator.get(TENANT).await["policy"], tenant["policy"]);
        let back = operator
            .ask("POST", &format!("{POLICY}/rollback"))
            .await
            .json();
        assert_eq!(back["previous"], tenant["policy"]["digest"]);
        assert_eq!(operator.get(TENANT).await["policy"]["source"], "deployed");
        operator.ask("DELETE", POLICY).await.json();
        assert_eq!(operator.get(TENANT).await["policy"]["source"], "builtin");
    });
}

#[test]
fn what_was_deployed_comes_under_limits_that_are_configured_later() {
    run(async {
        let server = Server::logged(&["--dev"], "");
        let operator = Operator::of(&server);
        let hungry = guests::guest("state_that_grows_slowly");
        let deployed = operator.put(POLICY, &hungry).await.json();
        let _stream = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let mut publish = async || {
            for n in 0..8 {
                publisher.publish("t", &n.to_string()).await;
            }
        };
        let memory = async || server.policy_memory().await;
        let too_much = r#"umbel_policy_faults_total{tenant="default",class="limit"}"#;
        publish().await;
        let grown = async || memory().await >= MIB * 8.0;
        wait_until(NOTICED, "it keeps a mebibyte of each event", grown).await;
        assert_eq!(server.metric(too_much).await, 0.0);
        server.reconfigure("[policy]\nmemory = \"4MiB\"\n");
        server.hang_up();
        let rebuilt = async || memory().await < MIB * 4.0;
        wait_until(NOTICED, "its instance is another one", rebuilt).await;
        publish().await;
        let failed = async || server.metric(too_much).await > 0.0;
        wait_until(NOTICED, "it has no more than that", failed).await;
        assert!(memory().await <= MIB * 4.0);
        let tenant = operator.get(TENANT).await;
        assert_eq!(tenant["policy"]["source"], "deployed");
        assert_eq!(tenant["policy"]["digest"], deployed["digest"]);
        assert_eq!(server.subscribers().await, 1.0, "its stream is open");
        assert!(!server.log().contains("the deployed one stays"));
        // What cannot be kept to is not taken.
        server.reconfigure("");
        server.hang_up();
        let large = guests::guest("large_at_start");
        let taken = async || operator.put(POLICY, &large).await.status == 200;
        wait_until(NOTICED, "there is room for a large one again", taken).await;
        server.reconfigure("[policy]\nmemory = \"1MiB\"\n");
        server.hang_up();
        let refused = async || server.log().contains("was not taken");
        wait_until(NOTICED, "it is refused", refused).await;
        assert!(server.log().contains("take the deployed one back"));
        assert_eq!(operator.get(TENANT).await["policy"]["source"], "deployed");
    });
}

#[test]
fn a_kept_component_that_was_touched_is_not_used_and_the_hub_serves_all_the_same() {
    run(async {
        let folder = Folder::new();
        let config = folder.setting();
        let digest = {
            let server = Server::run(&["--dev"], &config);
            let changed = Operator::of(&server).put(POLICY, &silent()).await.json();
            changed["digest"].as_str().expect("a digest").to_owned()
        };
        let file = folder.0.join("components").join(format!("{digest}.wasm"));
        std::fs::write(&file, dispatcher()).expect("written");
        let server = Server::logged(&["--dev"], &config);
        let operator = Operator::of(&server);
        assert_eq!(operator.get(TENANT).await["policy"]["source"], "builtin");
        assert!(
            server.log().contains("holds something else"),
            "{}",
            server.log()
        );
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        Publisher::connect(server.hub)
            .await
            .publish("t", "served")
            .await;
        assert_eq!(stream.data(1).await, ["served"]);
    });
}

/// What each bad upload is answered, with a word of how to mend it.
fn bad_uploads() -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let text = |text: &str| wat::parse_str(text).expect("text");
    let whole = silent();
    let half = whole[..whole.len() / 2].to_vec();
    let thousand: String = (0..1000)
        .map(|n| format!("(core module $m{n} (memory 1)) (core instance (instantiate $m{n}))"))
        .collect();
    let wasi = "(component (import \"wasi:io/poll@0.2.0\" (instance (export \"pollable\" (type (sub \
                resource))) (export \"poll\" (func)))))";
    vec![
        ("text", b"(component)".to_vec(), 422, "wasm-tools parse"),
        (
            "a core module",
            text("(module)"),
            422,
            "wasm-tools component new",
        ),
        ("half a file", half, 422, "Is the file whole?"),
        ("33 MiB", vec![0; 33 << 20], 413, "limits.component-bytes"),
        ("WASI", text(wasi), 422, "--stub-wasi"),
        ("no exports", text("(component)"), 422, "umbel:hub/fan-out"),
        ("a filter", guests::guest("filters/polite"), 422, "--filter"),
        (
            "memories",
            text(&format!("(component {thousand})")),
            422,
            "component",
        ),
        ("a loop", guests::guest("loop_in_start"), 422, "deadline"),
        ("settings", guests::guest("refuses_settings"), 422, "no"),
    ]
}

#[test]
fn a_bad_upload_is_refused_with_a_way_to_mend_it_and_nothing_changes() {
    run(async {
        let server = Server::start("");
        let operator = Operator::of(&server);
        let mut stream = Subscriber::open(server.hub, &["t"]).await;
        let mut publisher = Publisher::connect(server.hub).await;
        let before = operator.get(TENANT).await;
        for (what, bytes, status, hint) in bad_uploads() {
            let detail = operator.put(POLICY, &bytes).await.refusal(status);
            println!("{what}: {detail}");
            assert!(detail.contains(hint), "{what}: {detail}");
            publisher.publish("t", what).await;
            assert_eq!(stream.data(1).await, [what]);
        }
        let late = operator.put(POLICY, b"").await;
        assert!(late.header("retry-after").is_some(), "{late:?}");
        late.refusal(429);
        let after = operator.get(TENANT).await;
        assert_eq!(
            (&after["policy"], &after["history"]),
            (&before["policy"], &before["history"])
        );
    });
}

#[test]
fn a_bad_filter_or_configuration_is_refused_and_nothing_changes() {
    run(async {
        let server = Server::start("");
        let operator = Operator::of(&server);
        let before = operator.get(TENANT).await;
        let no_text = guests::guest("bad_text");
        let detail = operator.put(POLICY, &no_text).await.refusal(422);
        println!("no text: {detail}");
        assert!(
            detail.contains("UTF-8") || detail.contains("utf-8"),
            "{detail}"
        );
        let detail = operator.put(FILTER, &silent()).await.refusal(422);
        assert!(detail.contains("without `--filter`"), "{detail}");
        let config = operator
            .put_with(POLICY, &dispatcher(), "colour = \"blue\"")
            .await;
        assert!(config.refusal(422).contains("unknown key \"colour\""));
        let huge = "x".repeat((1 << 20) + 1);
        let config = operator.put_with(POLICY, &dispatcher(), &huge).await;
        assert!(config.refusal(400).contains("`config` is over the limit"));
        let after = operator.get(TENANT).await;
        assert_eq!(
            (&after["policy"], &after["filter"]),
            (&before["policy"], &before["filter"])
        );
    });
}

#[test]
fn a_policy_that_refuses_those_who_are_there_is_refused_itself_unless_that_is_allowed() {
    run(async {
        let server = Server::start("");
        let operator = Operator::of(&server);
        let mut streams = Vec::new();
        for _ in 0..7 {
            streams.push(Subscriber::open(server.hub, &["t"]).await);
        }
        let closed = guests::guest("refuses_everybody");
        let detail = operator.put(POLICY, &closed).await.refusal(409);
        assert!(detail.contains("refuses 7 of the subscribers"), "{detail}");
        Publisher::connect(server.hub)
            .await
            .publish("t", "still")
            .await;
        for stream in &mut streams {
            assert_eq!(stream.data(1).await, ["still"]);
        }
        operator
            .put(&format!("{POLICY}?allow-refusals=true"), &closed)
            .await
            .json();
        for stream in &mut streams {
            assert_eq!(stream.next().await, None);
        }
    });
}

#[test]
fn of_two_changes_at_a_time_one_is_told_to_wait_or_follows_the_other() {
    run(async {
        let server = Server::start("");
        let operator = Operator::of(&server);
        let (silent, dispatcher) = (silent(), dispatcher());
        let (one, other) = tokio::join!(
            operator.put(POLICY, &silent),
            operator.put(POLICY, &dispatcher)
        );
        let statuses = [one.status, other.status];
        assert!(statuses.contains(&200), "{one:?} {other:?}");
        for answer in [one, other].iter().filter(|answer| answer.status != 200) {
            assert!(answer.refusal(409).contains("on its way"));
        }
        let tenant = operator.get(TENANT).await;
        assert_eq!(
            tenant["policy"]["digest"],
            tenant["history"]
                .as_array()
                .expect("a list")
                .last()
                .expect("a change")["digest"]
        );
    });
}

#[test]
fn a_change_is_made_and_noted_also_where_nobody_waits_for_the_answer() {
    run(async {
        let server = Server::logged(&["--dev"], "");
        let operator = Operator::of(&server);
        let component = silent();
        let head = format!(
            "PUT {POLICY} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/wasm\r\nContent-Length: \
             {}\r\n\r\n",
            server.admin,
            component.len()
        );
        let mut socket = TcpStream::connect(server.admin).await.expect("connected");
        let request = [head.as_bytes(), &component].concat();
        socket.write_all(&request).await.expect("sent");
        // Long enough for the hub to read it, not for it to be compiled.
        tokio::time::sleep(Duration::from_millis(5)).await;
        drop(socket);
        let noted = async || {
            let tenant = operator.get(TENANT).await;
            tenant["policy"]["source"] == "deployed" && tenant["history"][0]["deed"] == "deploy"
        };
        wait_until(Duration::from_secs(10), "it is deployed", noted).await;
        assert!(server.log().contains("umbel::audit"));
    });
}

/// The policies that the metrics name.
async fn policies(server: &Server) -> Vec<String> {
    let metrics = server.metrics().await.body;
    let lines = metrics
        .lines()
        .filter(|line| line.starts_with("umbel_policy_info{"));
    lines.map(str::to_owned).collect()
}

#[test]
fn the_metrics_name_the_policy_that_decides_and_none_from_before() {
    run(async {
        let server =
            Server::start("[[tenant]]\nname = \"news\"\n[tenant.mercure]\nanonymous = true\n");
        let operator = Operator::of(&server);
        let line = async || {
            let policy = &operator.get(TENANT).await["policy"];
            let text = |field: &str| policy[field].as_str().expect("a text").to_owned();
            format!(
                "umbel_policy_info{{tenant=\"default\",digest=\"{}\",version=\"{}\"}} 1",
                text("digest"),
                text("version")
            )
        };
        let news = "umbel_policy_info{tenant=\"news\"";
        let before = line().await;
        assert!(!before.contains("digest=\"\"") && !before.contains("version=\"\""));
        for component in [silent(), silent(), dispatcher()] {
            operator.put(POLICY, &component).await.json();
            let (now, found) = (line().await, policies(&server).await);
            assert_eq!(found.len(), 2, "{found:?}");
            assert!(
                found.contains(&now) && found.iter().any(|l| l.starts_with(news)),
                "{found:?}"
            );
            assert_eq!(now == before, component == dispatcher());
        }
        assert_eq!(operator.put(POLICY, b"none").await.status, 422);
        assert!(policies(&server).await.contains(&before));
        server.reconfigure("");
        server.hang_up();
        let gone = async || policies(&server).await == [before.clone()];
        wait_until(NOTICED, "the tenant is gone", gone).await;
    });
}
