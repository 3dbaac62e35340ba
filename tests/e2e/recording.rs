//! `umbel policy record`: what a policy is asked while a hub runs, written down and asked again.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::hostile::guests::guest;
use crate::rig::{
    Operator, Publisher, Server, Subscriber, Workshop, committed, operators_secret, quakes, run,
    secret_file, token, wait_until, with_key,
};

const DISPATCHER: &str = "guest/dist/dispatcher.wasm";
const TRACE: &str = "/v1/tenants/default/trace";

/// Has the policy be asked about whoever is full, which is soon.
const SMALL_MAILBOXES: &str =
    "[policy]\nconfig = \"events = 4\\nwhen-full = ask\\noverflow = drop-oldest\"\n";

/// Bytes of an event that soon fills what the kernel holds for someone who does not read.
const LARGE: usize = 100_000;

/// Nothing here lasts as long.
const LONG: Duration = Duration::from_secs(20);

/// A hub with a key and a secret of its operator.
struct Guarded {
    server: Server,
    admin_token_file: String,
    operator: Operator,
    reader: String,
    publisher: Publisher,
}

impl Guarded {
    async fn start(config: &str) -> Self {
        let (file, header) = operators_secret();
        let admin_token_file = file.display().to_string();
        let secret = secret_file();
        let key = with_key(&secret, true);
        let config = format!("[admin]\ntoken-file = \"{admin_token_file}\"\n{key}{config}");
        let server = Server::logged(&["--policy", "builtin", "--shards", "1"], &config);
        let payload = r#"{"role":"secret-agent"}"#;
        let reader = token(&secret, &["--subscribe", "*", "--payload", payload]);
        let writer = token(&secret, &["--publish", "*"]);
        Self {
            operator: Operator::of(&server).with(&header),
            publisher: Publisher::connect(server.hub).await.with_token(&writer),
            reader: format!("Authorization: Bearer {reader}"),
            admin_token_file,
            server,
        }
    }

    /// `umbel policy record` with these arguments, on its way; it writes to `live.umbel` of the folder.
    fn recording(&self, shop: &Workshop, args: &[&str]) -> std::process::Child {
        let mut command = crate::rig::umbel();
        command
            .args(["policy", "record", "-o"])
            .arg(shop.path("live.umbel"))
            .args(["--admin", &format!("http://{}", self.server.admin)])
            .args(["--admin-token-file", &self.admin_token_file])
            .args(args);
        command.spawn().expect("it runs")
    }
}

/// The lines of a trace that are calls of that name.
fn calls<'a>(lines: &'a [Value], name: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["call"] == name).collect()
}

fn parsed(text: &str) -> Vec<Value> {
    let line = |line| serde_json::from_str(line).expect("JSON");
    text.lines().map(line).collect()
}

/// Replays the trace with the default component and with the native rules: both answer as it says.
fn replays(shop: &Workshop, calls: usize) {
    let reports = [&committed(DISPATCHER), "native"].map(|subject| {
        shop.policy(&["test", subject, "--trace", "live.umbel", "--json"])
            .json()
    });
    for report in &reports {
        let (good, differ) = (&report["good"], &report["comparison"]["differ"]);
        assert_eq!((good, differ), (&true.into(), &0.into()), "{report:#}");
        assert_eq!(report["calls"], calls, "{report:#}");
    }
    assert_eq!(reports[0]["digest"], reports[1]["digest"]);
}

/// Publishes quakes while `recording` goes on; meanwhile some come and go, and somebody else does not
/// read. Answers what was published and what somebody got who was there all the time.
async fn busy(
    hub: &mut Guarded,
    recording: &mut std::process::Child,
) -> (Vec<String>, Vec<String>) {
    let address = hub.server.hub;
    let earliest = "Last-Event-ID: earliest".to_owned();
    let mut witness = Subscriber::open(address, &["https://quakes.example/{net}"]).await;
    let own = [hub.reader.clone()];
    let _named = Subscriber::with(address, &["https://quakes.example/ci"], &own).await;
    let _slow = Subscriber::narrow(address, &["*", "large"]).await;
    let (mut published, mut seen) = (Vec::new(), Vec::new());
    let (started, mut brief) = (Instant::now(), None);
    for (n, quake) in quakes().iter().cycle().enumerate() {
        if recording.try_wait().expect("it runs").is_some() {
            break;
        }
        assert!(started.elapsed() < LONG, "it goes on after {n} events");
        if n % 10 == 0 {
            hub.publisher.publish("large", &"x".repeat(LARGE)).await;
            brief =
                Some(Subscriber::with(address, &["{+all}"], std::slice::from_ref(&earliest)).await);
        }
        let topic = format!("https://quakes.example/{}", quake.net);
        hub.publisher.publish(&topic, &quake.line).await;
        published.push(quake.line.clone());
        seen.extend(witness.data(1).await);
    }
    drop(brief);
    (published, seen)
}

#[test]
fn what_is_recorded_while_a_hub_is_busy_is_decided_again_as_it_was() {
    run(async {
        let mut hub = Guarded::start(SMALL_MAILBOXES).await;
        let shop = Workshop::new();
        let _first = Subscriber::open(hub.server.hub, &["*"]).await;
        let mut recording = hub.recording(&shop, &["--for", "60s", "--events", "400"]);
        let (published, seen) = busy(&mut hub, &mut recording).await;
        assert!(recording.wait().expect("it has ended").success());
        assert_eq!(seen, published, "recording disturbs no delivery");
        let text = std::fs::read_to_string(shop.path("live.umbel")).expect("it was written");
        let lines = parsed(&text);
        let header = &lines[0];
        assert_eq!(
            (&header["umbel-trace"], &header["whole"]),
            (&1.into(), &false.into())
        );
        assert_eq!(header["tenant"], "default");
        let component = header["component"].as_str().expect("a text");
        assert!(
            component.starts_with("sha256:") && component.len() == 71,
            "{component}"
        );
        assert_eq!(lines[1]["call"], "configure");
        assert!(lines[1]["seed"].as_u64().is_some_and(|seed| seed < 1 << 53));
        for call in ["join", "leave", "route", "select", "overflow"] {
            assert!(!calls(&lines, call).is_empty(), "no {call}");
        }
        assert_eq!(calls(&lines, "configure").len(), 1);
        replays(&shop, lines.len() - 1);
        assert!(!text.contains("secret-agent") && !text.contains("\"data\""));
        let log = hub.server.log();
        assert!(
            log.contains("record trace") && log.contains("token "),
            "{log}"
        );
    });
}

#[test]
fn a_whole_trace_has_payloads_and_claims_as_they_are() {
    run(async {
        let mut hub = Guarded::start("").await;
        let shop = Workshop::new();
        let own = [hub.reader.clone()];
        let mut named = Subscriber::with(hub.server.hub, &["t"], &own).await;
        let mut recording = hub.recording(&shop, &["--events", "1", "--for", "60s", "--whole"]);
        let mut count = 0;
        // The second event that is heard ends it.
        while recording.try_wait().expect("it runs").is_none() {
            hub.publisher.publish("t", "the payload").await;
            count += 1;
        }
        assert_eq!(named.data(count).await.len(), count);
        let text = std::fs::read_to_string(shop.path("live.umbel")).expect("it was written");
        let lines = parsed(&text);
        assert_eq!(lines[0]["whole"], true);
        let claims = lines[2]["subscribers"][0]["claims"].as_str();
        assert!(claims.is_some_and(|c| c.contains("secret-agent")), "{text}");
        let routed = calls(&lines, "route");
        assert_eq!(routed.len(), 1, "{text}");
        assert_eq!(routed[0]["events"][0]["data"], "the payload");
        assert_eq!(
            routed[0]["answer"]["audiences"][0][0],
            lines[2]["subscribers"][0]["client"]
        );
        replays(&shop, lines.len() - 1);
        assert!(hub.server.log().contains("record whole trace"));
    });
}

#[test]
fn a_recording_ends_at_each_of_its_bounds() {
    run(async {
        let server = Server::run(&["--dev", "--shards", "1"], "");
        let operator = Operator::of(&server);
        let _present = Subscriber::open(server.hub, &["t"]).await;
        let begun = Instant::now();
        let answer = operator.ask("GET", &format!("{TRACE}?seconds=1")).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
        assert!(begun.elapsed() >= Duration::from_secs(1));
        assert_eq!(parsed(&answer.body).len(), 3, "{answer:?}");
        for (bound, lines_max) in [("events=7", 3 + 7), ("bytes=2000", 3 + 2000 / 200)] {
            let path = format!("{TRACE}?seconds=600&{bound}");
            let going = operator.ask("GET", &path);
            let mut publisher = Publisher::connect(server.hub).await;
            let publishing = async {
                loop {
                    publisher.publish("t", "x").await;
                }
            };
            let answer = tokio::select! {
                answer = going => answer,
                () = publishing => unreachable!("it goes on for ever"),
            };
            let lines = parsed(&answer.body);
            assert!(
                (4..=lines_max).contains(&lines.len()),
                "{bound}: {answer:?}"
            );
        }
        assert!(begun.elapsed() < LONG);
    });
}

#[test]
fn a_recording_ends_with_the_instance_that_it_is_of() {
    run(async {
        let server = Server::run(&["--dev", "--shards", "1"], "");
        let operator = Operator::of(&server);
        let _present = Subscriber::open(server.hub, &["t"]).await;
        let ask = async |seconds: u32| {
            let path = format!("{TRACE}?seconds={seconds}");
            operator.ask("GET", &path).await
        };
        let recording = async {
            loop {
                let answer = ask(600).await;
                // The other one that asks was first.
                if answer.status != 409 {
                    return answer;
                }
            }
        };
        let deploying = async {
            // Whoever asks while somebody records is told so: then it has begun.
            wait_until(LONG, "it is recorded", async || ask(0).await.status == 409).await;
            let polite = guest("polite");
            let deployed = operator.put("/v1/tenants/default/policy", &polite).await;
            deployed.json();
        };
        let (answer, ()) = tokio::join!(recording, deploying);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(parsed(&answer.body).len(), 3, "{answer:?}");
    });
}

#[test]
fn nobody_records_without_the_token_nor_where_nobody_is() {
    run(async {
        let hub = Guarded::start("").await;
        let refused = Operator::of(&hub.server).ask("GET", TRACE).await;
        refused.refusal(401);
        let nobody = hub.operator.ask("GET", TRACE).await.refusal(409);
        assert!(nobody.contains("nobody is connected"), "{nobody}");
        let log = hub.server.log();
        let lines = log.lines().filter(|line| line.contains("record trace"));
        assert_eq!(
            lines.filter(|line| line.contains("refused")).count(),
            2,
            "{log}"
        );
    });
}
