//! The default component and the native router decide alike.
//!
//! Three policies answer the same questions: the router in this process, the committed component,
//! and, where `FRESH_DISPATCHER` names a file, the component that was just built from the
//! same sources.

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};

use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_routing::conformance::{Answer, Case, Digest, Replay, Step, TraceReader};
use umbel_routing::conformance::{generate, run, settings};
use umbel_routing::{DispatcherFactory, FaultClass, RouterFactory, Settings};

/// The component that the hub embeds.
const COMMITTED: &[u8] = include_bytes!("../../../guest/dist/dispatcher.wasm");
/// Names a component that is to decide as the committed one does.
const FRESH: &str = "FRESH_DISPATCHER";
/// Repeats the cases of a run that failed.
const SEED: &str = "UMBEL_SEED";

/// Short cases, each in an instance of its own ...
const CASES: u64 = 10_000;
const STEPS: usize = 16;
/// ... and long ones, in which tables grow, and handles are used again many times.
const LONG_CASES: u64 = 10;
const LONG_STEPS: usize = 2_000;

/// The components under test, by what they are called in a failure.
fn components() -> Vec<(String, PolicyComponent)> {
    let engine = Engine::new().expect("an engine");
    let load = |bytes: &[u8]| {
        PolicyComponent::load(&engine, bytes, &Limits::default()).unwrap_or_else(|e| panic!("{e}"))
    };
    let mut all = vec![("committed".to_owned(), load(COMMITTED))];
    if let Some(path) = std::env::var_os(FRESH).map(PathBuf::from) {
        let bytes = fs::read(&path).unwrap_or_else(|e| panic!("{FRESH}: {}: {e}", path.display()));
        all.push((path.display().to_string(), load(&bytes)));
    }
    all
}

fn of_component(component: &PolicyComponent, steps: &[Step]) -> Vec<Answer> {
    let factory = WasmFactory::new(component.clone(), settings(steps), Limits::default());
    match factory.create() {
        Ok(mut policy) => run(&mut *policy, steps),
        Err(fault) if fault.class == FaultClass::Refused => vec![Answer::Configured(false)],
        Err(fault) => panic!("{fault}"),
    }
}

fn of_router(steps: &[Step]) -> Vec<Answer> {
    match RouterFactory::new(settings(steps)) {
        Ok(factory) => run(
            &mut *factory.create().expect("it was configured before"),
            steps,
        ),
        Err(_) => vec![Answer::Configured(false)],
    }
}

fn vectors() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/vectors");
    fs::read_dir(&folder)
        .expect("the vectors are there")
        .map(|file| {
            let text = fs::read_to_string(file.expect("a file").path()).expect("it is text");
            serde_json::from_str(&text).expect("it is a case")
        })
        .collect()
}

#[test]
fn each_committed_trace_gives_the_committed_digest() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/traces");
    for name in ["default-200", "quakes"] {
        let file = |ending| folder.join(format!("{name}.{ending}"));
        let trace = fs::read(file("umbel")).expect("it is there");
        let expected = fs::read_to_string(file("digest")).expect("it is there");
        decided_as_committed(&trace, expected.trim_end());
    }
}

fn decided_as_committed(trace: &[u8], expected: &str) {
    for (name, component) in components() {
        let mut digest = Digest::default();
        let mut replay = Replay::new(|settings: &Settings| {
            let settings = settings.clone();
            WasmFactory::new(component.clone(), settings, Limits::default()).create()
        });
        for step in TraceReader::new(trace).expect("it is a trace") {
            let step = step.expect("it is a step");
            let asked = replay.ask(&step.step).expect("there is an instance");
            // Who was there when a recording began was let in before anyone listened.
            if let Some(answer) = &step.answer {
                assert_eq!(&asked.answer, answer, "{name}: line {}", step.line);
            }
            digest.add(&asked.answer);
        }
        assert_eq!(digest.to_string(), expected, "{name}");
    }
}

/// The seed of this run: given, or drawn.
fn first_seed() -> u64 {
    let seed = match std::env::var(SEED) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{SEED} is no number: {text}")),
        Err(_) => RandomState::new().hash_one(0),
    };
    println!("{SEED}={seed}");
    seed
}

fn check(seeds: impl Iterator<Item = u64>, length: usize) {
    let components = components();
    for seed in seeds {
        let steps = generate(seed, length);
        let expected = of_router(&steps);
        for (name, component) in &components {
            let answers = of_component(component, &steps);
            let at = answers
                .iter()
                .zip(&expected)
                .take_while(|(a, b)| a == b)
                .count();
            assert!(
                answers == expected,
                "{name}, seed {seed}, step {at}: {:?}\n{name}: {:?}\nrouter: {:?}",
                steps[at],
                answers.get(at),
                expected.get(at)
            );
        }
    }
}

#[test]
fn every_vector_is_answered_as_it_says() {
    let (components, vectors) = (components(), vectors());
    assert!(!vectors.is_empty());
    for case in vectors {
        for (name, component) in &components {
            let answers = of_component(component, &case.steps());
            assert_eq!(
                answers,
                case.answers(),
                "{name}: {}: {}",
                case.name,
                case.about
            );
        }
    }
}

#[test]
fn ten_thousand_generated_cases_are_decided_as_the_router_does() {
    let first = first_seed();
    check((0..CASES).map(|n| first.wrapping_add(n)), STEPS);
}

#[test]
fn long_generated_cases_are_decided_as_the_router_does() {
    let first = first_seed();
    check((0..LONG_CASES).map(|n| first.wrapping_add(n)), LONG_STEPS);
}
