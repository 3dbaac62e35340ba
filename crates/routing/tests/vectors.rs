//! The committed vectors against the native router and against the plainest form of its rules.

use std::fs;
use std::path::{Path, PathBuf};

use umbel_routing::conformance::{Answer, Case, Plain, run, settings};
use umbel_routing::{Dispatcher, Router, Settings};

type Make = fn(&Settings) -> Result<Box<dyn Dispatcher>, String>;

fn router(settings: &Settings) -> Result<Box<dyn Dispatcher>, String> {
    Ok(Box::new(Router::configure(settings)?))
}

fn plain(settings: &Settings) -> Result<Box<dyn Dispatcher>, String> {
    Ok(Box::new(Plain::configure(settings)?))
}

fn vectors() -> Vec<(PathBuf, Case)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/conformance/vectors");
    let files = fs::read_dir(&folder).expect("the vectors are there");
    let paths = files.map(|file| file.expect("a file").path());
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a vector is text");
        let case = serde_json::from_str(&text);
        (
            path.clone(),
            case.unwrap_or_else(|why| panic!("{}: {why}", path.display())),
        )
    };
    paths.map(read).collect()
}

fn check(make: Make) {
    for (_, case) in vectors() {
        let steps = case.steps();
        let answers = match make(&settings(&steps)) {
            Ok(mut dispatcher) => run(&mut *dispatcher, &steps),
            Err(_) => vec![Answer::Configured(false)],
        };
        assert_eq!(answers, case.answers(), "{}: {}", case.name, case.about);
    }
}

#[test]
fn the_router_answers_every_vector_as_it_says() {
    check(router);
}

#[test]
fn the_plain_rules_answer_every_vector_as_it_says() {
    check(plain);
}

#[test]
fn every_vector_is_named_after_its_file_and_begins_with_its_configuration() {
    let vectors = vectors();
    assert!(vectors.len() >= 10, "only {} vectors", vectors.len());
    for (path, case) in vectors {
        assert_eq!(path.file_stem().and_then(|s| s.to_str()), Some(&*case.name));
        let configured = |answer: &Answer| matches!(answer, Answer::Configured(_));
        let count = case.answers().iter().filter(|a| configured(a)).count();
        assert!(
            count == 1 && configured(&case.answers()[0]),
            "{}",
            case.name
        );
    }
}
