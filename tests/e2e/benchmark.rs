//! `umbel bench`, against hubs that behave well and badly.

use std::process::Output;

use serde_json::Value;

use crate::rig::{Policy, Server, run, umbel};

/// A run of 50 subscribers with these arguments.
fn bench(hub: &str, args: &str) -> Output {
    let mut command = umbel();
    command.args(["bench", "--hub", hub, "--subscribers", "50"]);
    command.args(args.split(' ')).output().expect("it runs")
}

fn url(server: &Server) -> String {
    format!("http://{}", server.hub)
}

fn json(output: &Output) -> Value {
    let told = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}

/// That nobody lost anything, and that the numbers add up.
fn assert_whole(result: &Value) {
    let number = |path: &str| {
        result
            .pointer(path)
            .and_then(Value::as_u64)
            .expect("a number")
    };
    let expected = number("/events") * 50;
    assert_eq!(number("/fast/expected"), expected, "{result}");
    assert_eq!(number("/fast/deliveries"), expected, "{result}");
    for fault in [
        "lost",
        "duplicated",
        "reordered",
        "unexpected",
        "disconnected",
    ] {
        assert_eq!(number(&format!("/fast/{fault}")), 0, "{fault}: {result}");
    }
    let measured = number("/events") - number("/warm_up_events");
    assert!(measured > 0, "{result}");
    assert_eq!(number("/fast/latency_ms/count"), measured * 50);
    assert_eq!(number("/publish_ms/count"), measured);
}

#[test]
fn a_closed_loop_delivers_all_events_to_all_and_writes_a_report() {
    run(async {
        let server = Server::start("");
        let report = std::env::temp_dir().join(format!("umbel-{}.html", uuid::Uuid::new_v4()));
        let path = report.to_str().expect("text");
        let args = format!("--json --window 4 --topics 3 --duration 1s --report {path}");
        let output = bench(&url(&server), &args);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(output.stderr, b"", "nothing on a pipe");
        // Topics that are not followed by equally many: events go round them.
        let result = json(&output);
        assert_eq!(result["fast"]["deliveries"], result["fast"]["expected"]);
        assert_eq!(result["fast"]["lost"], 0);
        assert_eq!(result["settings"]["window"], 4);
        let html = std::fs::read_to_string(&report).expect("a report");
        std::fs::remove_file(&report).expect("removed");
        assert!(html.ends_with("</html>\n") && html.matches("<svg").count() == 3);
        assert!(html.contains("--window 4 --topics 3"), "the exact command");
        for word in ["src=", "href=", "url(", "<script"] {
            assert!(!html.contains(word), "{word}");
        }
    });
}

#[test]
fn an_open_loop_publishes_what_it_should_whatever_the_hub_does() {
    run(async {
        let server = Server::start("");
        let output = bench(
            &url(&server),
            "--json --rate 50/s --duration 1s --size 1000",
        );
        assert!(output.status.success(), "{output:?}");
        let result = json(&output);
        assert_whole(&result);
        // 200 ms of warm-up, and a second.
        assert_eq!(result["events"], 60);
        assert_eq!(result["warm_up_events"], 10);
    });
}

#[test]
fn people_get_a_table() {
    run(async {
        let server = Server::start("");
        let output = bench(&url(&server), "--duration 300ms");
        assert!(output.status.success(), "{output:?}");
        let text = String::from_utf8(output.stdout).expect("text");
        for words in ["50 subscribers", "p99.9", "delivery", "lost", "of one core"] {
            assert!(text.contains(words), "no {words:?} in {text}");
        }
    });
}

#[test]
fn what_a_hub_drops_for_slow_subscribers_is_reported_apart() {
    run(async {
        let config = "[mailbox]\nevents = 8\nwhen-full = \"drop-newest\"\n";
        let server = Server::with(Policy::Native, config);
        let args = "--json --rate 100/s --duration 2s --size 4000 --slow-share 10%";
        let output = bench(&url(&server), args);
        let result = json(&output);
        assert!(output.status.success(), "{result}");
        assert_eq!(result["fast"]["subscribers"], 45);
        assert_eq!(result["slow"]["subscribers"], 5);
        let slow = |name: &str| result["slow"][name].as_u64().expect("a number");
        assert!(slow("gaps") > 0 && slow("lost") > 0, "{result}");
        assert_eq!(
            slow("lost"),
            slow("gap_events"),
            "nothing in silence: {result}"
        );
        assert_eq!(slow("deliveries") + slow("lost"), slow("expected"));
    });
}

#[test]
fn wrong_usage_and_a_hub_that_is_not_there_have_codes_of_their_own() {
    run(async {
        for args in [
            "--size 1",
            "--topics 51",
            "--rate 1/s --window 1",
            "--duration 5",
        ] {
            let output = bench("http://127.0.0.1:1", args);
            assert_eq!(output.status.code(), Some(2), "{args}: {output:?}");
        }
        let output = bench("http://127.0.0.1:1", "--duration 1s");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("cannot connect to 127.0.0.1:1"), "{told}");
    });
}
