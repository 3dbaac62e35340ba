//! The commands that a newcomer runs first.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use crate::rig::{Server, quakes, run, umbel};

#[path = "../guests/slow_to_compile.rs"]
mod slow_to_compile;

use slow_to_compile::slow_to_compile;

/// Signals of Linux: too much CPU time, and a process that gave up.
const SIGXCPU: i32 = 24;
const SIGABRT: i32 = 6;

/// What the process ends with where its memory does not do.
const OUT_OF_MEMORY: i32 = 3;

fn input() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/quakes.jsonl")
}

fn tail(server: &Server, args: &[&str]) -> Child {
    let hub = format!("http://{}", server.hub);
    let mut command = umbel();
    command
        .args(["tail", "--hub", &hub])
        .args(args)
        .stdout(Stdio::piped());
    command.spawn().expect("it runs")
}

fn lines(child: &mut Child) -> Vec<String> {
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let lines = output.lines().map(|l| l.expect("text")).collect();
    assert!(child.wait().expect("it ends").success());
    lines
}

#[test]
fn what_publish_sends_the_tails_print_line_by_line_in_order() {
    run(async {
        let server = Server::start("");
        let quakes = quakes();
        let ci: Vec<String> = quakes
            .iter()
            .filter(|q| q.net == "ci")
            .map(|q| q.line.clone())
            .collect();
        let all: Vec<String> = quakes.iter().map(|q| q.line.clone()).collect();
        let cases = [
            ("https://quakes.example/ci", &ci),
            ("https://quakes.example/{net}", &all),
            ("*", &all),
        ];
        let mut tails: Vec<(Child, &Vec<String>)> = cases
            .iter()
            .map(|(selector, expected)| {
                let count = expected.len().to_string();
                (tail(&server, &[selector, "--count", &count]), *expected)
            })
            .collect();
        let connected = async || server.subscribers().await == 3.0;
        crate::rig::wait_until(Duration::from_secs(5), "they are connected", connected).await;
        let hub = format!("http://{}", server.hub);
        let topic = "https://quakes.example/{net}";
        let publish = umbel()
            .args([
                "publish",
                "--hub",
                &hub,
                "--topic",
                topic,
                "--id-field",
                "id",
                "--input",
            ])
            .arg(input())
            .output()
            .expect("it runs");
        assert!(publish.status.success(), "{}", stderr(&publish));
        for (child, expected) in &mut tails {
            assert_eq!(&lines(child), *expected);
        }
    });
}

#[test]
fn tail_resumes_and_prints_json_where_asked() {
    run(async {
        let server = Server::start("");
        let hub = format!("http://{}", server.hub);
        for data in ["one", "two"] {
            let args = [
                "publish", "--hub", &hub, "--topic", "t", "--kind", "k", "--data", data,
            ];
            assert!(
                umbel()
                    .args(args)
                    .output()
                    .expect("it runs")
                    .status
                    .success()
            );
        }
        let mut child = tail(
            &server,
            &["t", "--since", "earliest", "--count", "2", "--json"],
        );
        let lines = lines(&mut child);
        let first: serde_json::Value = serde_json::from_str(&lines[0]).expect("JSON");
        assert_eq!(
            (&first["data"], &first["type"]),
            (&"one".into(), &"k".into())
        );
        assert!(
            first["id"]
                .as_str()
                .expect("an id")
                .starts_with("urn:uuid:")
        );
        assert_eq!(lines.len(), 2);
    });
}

#[test]
fn without_dev_and_without_a_key_serve_refuses_to_start_and_says_what_to_do() {
    let output = umbel()
        .args(["serve", "--listen", "127.0.0.1:0"])
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(64));
    let text = stderr(&output);
    assert!(
        text.contains("--dev") && text.contains("mercure.issuer"),
        "{text}"
    );
}

#[test]
fn wrong_usage_and_wrong_configuration_have_codes_of_their_own() {
    assert_eq!(
        umbel().arg("serv").output().expect("it runs").status.code(),
        Some(2)
    );
    let file = std::env::temp_dir().join(format!("umbel-e2e-{}.toml", uuid::Uuid::new_v4()));
    std::fs::write(&file, "shrads = 2\n[stream]\nheartbeat = \"soon\"\n").expect("written");
    let output = umbel()
        .arg("check")
        .arg("--config")
        .arg(&file)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(64));
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        stderr(&output)
    );
    for word in [":1", "shrads", "shards", ":3", "heartbeat"] {
        assert!(text.contains(word), "no {word:?} in {text}");
    }
    std::fs::remove_file(file).expect("removed");
}

#[test]
fn publish_tells_what_the_hub_said_and_fails() {
    run(async {
        let server = Server::start("");
        let hub = format!("http://{}", server.hub);
        let started = Instant::now();
        let output = umbel()
            .args(["publish", "--hub", &hub, "--topic", "*", "--data", "x"])
            .output();
        let output = output.expect("it runs");
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("topic"), "{}", stderr(&output));
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "a refusal is final"
        );
    });
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn compile(component: &[u8], args: &[&str]) -> Output {
    use std::io::Write;

    let mut child = umbel()
        .arg("compile-component")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it runs");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(component).expect("it reads");
    drop(stdin);
    child.wait_with_output().expect("it ends")
}

#[test]
fn a_component_is_compiled_by_a_process_of_its_own() {
    let dispatcher = include_bytes!("../../guest/dist/dispatcher.wasm");
    let limits = ["--memory-bytes", "536870912", "--cpu-seconds", "30"];
    for args in [&[][..], &limits] {
        let done = compile(dispatcher, args);
        assert!(done.status.success(), "{done:?}");
        assert!(done.stdout.starts_with(b"\x7fELF"));
        assert_eq!(done.stderr, b"");
    }
    let refused = compile(b"\0asm garbage", &limits);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(refused.stdout, b"");
    assert!(!refused.stderr.is_empty());
}

/// All that a process says whose component is not acceptable is on its standard error.
fn assert_no_code(refused: &Output) {
    assert!(!refused.status.success(), "{refused:?}");
    assert_eq!(refused.stdout, b"", "no code");
}

#[test]
fn a_process_that_compiles_too_long_is_ended_by_the_kernel_and_leaves_no_code() {
    let begun = Instant::now();
    let limits = ["--memory-bytes", "8589934592", "--cpu-seconds", "1"];
    let ended = compile(&slow_to_compile(), &limits);
    assert_no_code(&ended);
    assert_eq!(ended.status.signal(), Some(SIGXCPU), "{ended:?}");
    println!("ended after {:?}", begun.elapsed());
}

#[test]
fn a_process_that_takes_too_much_memory_to_compile_ends_and_leaves_no_code() {
    let limits = ["--memory-bytes", "134217728", "--cpu-seconds", "120"];
    let ended = compile(&slow_to_compile(), &limits);
    assert_no_code(&ended);
    // Where an allocation of the compiler fails, Rust aborts.
    let short = ended.status.code() == Some(OUT_OF_MEMORY);
    assert!(short || ended.status.signal() == Some(SIGABRT), "{ended:?}");
}

#[test]
fn whatever_is_no_component_is_refused_in_words_and_not_with_a_crash() {
    let dispatcher = &include_bytes!("../../guest/dist/dispatcher.wasm")[..];
    let compiled = compile(dispatcher, &[]).stdout;
    let mut torn = dispatcher.to_vec();
    torn.iter_mut()
        .skip(100)
        .step_by(7)
        .for_each(|byte| *byte ^= 0x55);
    for garbage in [
        &b""[..],
        b"\0asm",
        b"\0asm\x01\0\0\0",
        b"(component)",
        &dispatcher[..dispatcher.len() / 2],
        &torn,
        // Code is never taken for a component, also not what this hub has made.
        &compiled,
        &[0xff; 4_096],
    ] {
        let refused = compile(garbage, &[]);
        assert_no_code(&refused);
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let said = stderr(&refused);
        assert!(!said.is_empty() && !said.contains("panicked"), "{said}");
    }
}
