//! A child process that compiles, and all the ways in which it ends.

use std::thread;
use std::time::{Duration, Instant};

use umbel_engine::{ChildProcess, CompileError, CompileLimits, Compiler, FilterComponent};
use umbel_engine::{Limits, LoadError, PolicyComponent, WasmFactory};
use umbel_routing::{Blame, DispatcherFactory, Settings};

use crate::hostile;
use crate::support::{DEFAULT, ENGINE, child, slow_to_compile};

/// Whatever else the machine does, this is enough.
const LONG: Duration = Duration::from_secs(120);

/// A program that does `script` instead of compiling.
fn shell(script: &str, limits: CompileLimits) -> ChildProcess {
    ChildProcess::new("/bin/sh", ["-c", script], limits)
}

fn error_of(compiler: &ChildProcess, component: &[u8]) -> CompileError {
    compiler.compile(component).map(drop).unwrap_err()
}

#[test]
fn a_component_that_a_child_compiled_is_served() {
    let compiler = child(CompileLimits::default());
    let limits = Limits::default();
    let policy = PolicyComponent::load_with(&ENGINE, &compiler, DEFAULT, &limits).unwrap();
    assert_eq!(
        policy.digest(),
        PolicyComponent::load(&ENGINE, DEFAULT, &limits)
            .unwrap()
            .digest()
    );
    let factory = WasmFactory::new(policy, Settings::default(), limits);
    assert_eq!(factory.create().unwrap().route(&[]).unwrap().len(), 0);

    let filter = hostile::guest("filters/polite");
    FilterComponent::load_with(&ENGINE, &compiler, &filter, &limits).unwrap();
}

#[test]
fn a_component_that_is_slow_to_compile_is_stopped() {
    let limits = CompileLimits {
        time: Duration::from_millis(300),
        ..CompileLimits::default()
    };
    let start = Instant::now();
    let error = error_of(&child(limits), &slow_to_compile());
    let allowed = limits.time;
    assert_eq!(error, CompileError::TooSlow { allowed });
    assert_eq!(error.blame(), Blame::Component);
    // Its text alone takes seconds; what it would have taken is far more.
    assert!(start.elapsed() < LONG, "{:?}", start.elapsed());
}

#[test]
fn a_child_that_nobody_waits_for_ends_by_itself() {
    let limits = CompileLimits {
        time: LONG,
        cpu_seconds: 1,
        ..CompileLimits::default()
    };
    let error = error_of(&child(limits), &slow_to_compile());
    let allowed = Duration::from_secs(1);
    assert_eq!(error, CompileError::TooSlow { allowed });
}

#[test]
fn a_component_that_takes_too_much_memory_to_compile_is_stopped() {
    let limits = CompileLimits {
        time: LONG,
        cpu_seconds: 120,
        memory_bytes: 128 << 20,
        ..CompileLimits::default()
    };
    let error = error_of(&child(limits), &slow_to_compile());
    assert_eq!(error, CompileError::TooMuchMemory { max: 128 << 20 });
    assert_eq!(error.blame(), Blame::Component);
}

#[test]
fn a_component_that_becomes_too_much_code_is_refused() {
    let limits = CompileLimits {
        code_bytes: 10_000,
        ..CompileLimits::default()
    };
    let error = error_of(&child(limits), DEFAULT);
    assert_eq!(error, CompileError::TooMuchCode { max: 10_000 });
}

#[test]
fn what_is_no_component_is_refused_with_the_same_words_as_in_process() {
    let compiler = child(CompileLimits::default());
    let limits = Limits::default();
    let memory64 = wat::parse_str("(component (core module (memory i64 1)))").unwrap();
    for bytes in [&b"\0asm garbage"[..], &DEFAULT[..1_000], &memory64] {
        let here = PolicyComponent::load(&ENGINE, bytes, &limits)
            .map(drop)
            .unwrap_err();
        let there = PolicyComponent::load_with(&ENGINE, &compiler, bytes, &limits)
            .map(drop)
            .unwrap_err();
        assert!(matches!(here, LoadError::Invalid(_)), "{here}");
        assert_eq!(here, there);
        assert_eq!(here.blame(), Blame::Component);
    }
}

#[test]
fn what_can_be_told_without_compiling_starts_no_child() {
    let nobody = ChildProcess::new("/nowhere", [""; 0], CompileLimits::default());
    for (bytes, expected) in [
        (&b"(component)"[..], LoadError::Text),
        (b"\0asm\x01\0\0\0", LoadError::CoreModule),
        (b"", LoadError::Empty),
        (b"#!/bin/sh", LoadError::NotWasm),
    ] {
        let error = PolicyComponent::load_with(&ENGINE, &nobody, bytes, &Limits::default())
            .map(drop)
            .unwrap_err();
        assert_eq!(error, expected);
    }
}

#[test]
fn what_is_checked_after_compiling_is_checked_of_a_childs_code_as_well() {
    let compiler = child(CompileLimits::default());
    let limits = Limits::default();
    let many = "(core instance (instantiate $m))".repeat(100);
    for bytes in [
        wat::parse_str(r#"(component (import "log" (func)))"#).unwrap(),
        wat::parse_str("(component)").unwrap(),
        wat::parse_str(format!("(component (core module $m) {many})")).unwrap(),
        hostile::guest("memory_at_start"),
        hostile::guest("table_at_start"),
        hostile::guest("filters/polite"),
        hostile::guest("loop_in_start"),
    ] {
        let here = PolicyComponent::load(&ENGINE, &bytes, &limits)
            .map(drop)
            .unwrap_err();
        let there = PolicyComponent::load_with(&ENGINE, &compiler, &bytes, &limits)
            .map(drop)
            .unwrap_err();
        // How long something ran differs from time to time.
        assert!(
            here == there
                || matches!((&here, &there), (LoadError::Start(a), LoadError::Start(b)) if a.class == b.class),
            "{here}\n{there}"
        );
    }
}

#[test]
fn a_child_that_cannot_be_started_is_the_hosts_fault() {
    let nobody = ChildProcess::new("/nowhere", [""; 0], CompileLimits::default());
    let error = error_of(&nobody, DEFAULT);
    let CompileError::Host(text) = &error else {
        panic!("{error}")
    };
    assert!(text.contains("No such file"), "{text}");
    assert_eq!(error.blame(), Blame::Host);
}

#[test]
fn a_child_that_dies_says_how() {
    for (script, said) in [
        ("kill -SEGV $$", "signal: 11"),
        ("kill -KILL $$", "signal: 9"),
        ("echo no disk >&2; exit 2", "no disk"),
        ("kill -ABRT $$", "signal: 6"),
    ] {
        let error = error_of(&shell(script, CompileLimits::default()), DEFAULT);
        let CompileError::Host(text) = &error else {
            panic!("{script}: {error}")
        };
        assert!(text.contains(said), "{script}: {text}");
    }
}

#[test]
fn what_a_child_answers_is_code_or_nothing() {
    for script in ["true", "echo hello", "printf '\\177ELF'; cat"] {
        let error = error_of(&shell(script, CompileLimits::default()), DEFAULT);
        let nonsense = CompileError::Host("it answered with something else".into());
        assert_eq!(error, nonsense, "{script}");
    }
}

#[test]
fn what_a_child_says_when_it_fails_is_cut_and_on_one_line() {
    let script = "yes \"$(printf 'a\\033[31m')\" | head -c 10000000 >&2; exit 1";
    let error = error_of(&shell(script, CompileLimits::default()), DEFAULT);
    let CompileError::Refused(text) = &error else {
        panic!("{error}")
    };
    assert!(text.starts_with("a\\u{1b}[31m\\na"), "{text}");
    assert!(text.len() <= 1_024);
}

#[test]
fn a_child_that_never_reads_or_never_ends_is_killed_with_all_that_it_started() {
    let limits = CompileLimits {
        time: Duration::from_millis(200),
        ..CompileLimits::default()
    };
    let big = vec![0; 4 << 20];
    for script in [
        "sleep 1000",
        "cat >/dev/null; sleep 1000",
        "exec >&-; sleep 1000",
        "sleep 1000 & sleep 1000",
    ] {
        let start = Instant::now();
        let error = error_of(&shell(script, limits), &big);
        let allowed = limits.time;
        assert_eq!(error, CompileError::TooSlow { allowed }, "{script}");
        assert!(start.elapsed() < LONG, "{script}");
    }
    // This one ends, and leaves something behind that holds its streams open.
    let start = Instant::now();
    let error = error_of(&shell("sleep 1000 & exit 7", limits), &big);
    assert!(start.elapsed() < LONG, "{error}");
}

#[test]
fn a_child_that_answers_without_end_is_cut_off() {
    let limits = CompileLimits {
        code_bytes: 1 << 20,
        time: LONG,
        ..CompileLimits::default()
    };
    let error = error_of(&shell("cat /dev/zero", limits), DEFAULT);
    assert_eq!(error, CompileError::TooMuchCode { max: 1 << 20 });
}

#[test]
fn one_component_is_compiled_at_a_time_and_a_bounded_number_waits() {
    let folder = std::env::temp_dir().join(format!("umbel-turns-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    // Two at once would find the folder of the other.
    let lock = folder.join("working");
    let script = format!(
        "mkdir {0} || exit 9; cat >/dev/null; sleep 0.05; rmdir {0}; exit 1",
        lock.display()
    );
    let limits = CompileLimits {
        time: LONG,
        ..CompileLimits::default()
    };
    let compiler = shell(&script, limits);
    let errors: Vec<CompileError> = thread::scope(|scope| {
        let callers: Vec<_> = (0..40)
            .map(|_| scope.spawn(|| error_of(&compiler, DEFAULT)))
            .collect();
        callers.into_iter().map(|c| c.join().unwrap()).collect()
    });
    std::fs::remove_dir_all(&folder).unwrap();
    let busy = |e: &CompileError| matches!(e, CompileError::Busy { .. });
    for error in errors.iter().filter(|e| !busy(e)) {
        assert_eq!(*error, CompileError::Refused(String::new()));
    }
    assert!(errors.iter().any(busy), "nobody was sent away");
    assert_eq!(
        errors.iter().find(|e| busy(e)).unwrap().blame(),
        Blame::Host
    );
}
