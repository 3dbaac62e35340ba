//! Whether a selector covers a topic: `cargo bench -p umbel-selector`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use umbel_selector::{Matcher, Pattern, Selector};

/// Name, selector, topic, and whether one covers the other.
const CASES: [(&str, &str, &str, bool); 6] = [
    (
        "every topic",
        "*",
        "https://example.com/users/17/books/3",
        true,
    ),
    (
        "a topic",
        "https://example.com/users/17/books/3",
        "https://example.com/users/17/books/3",
        true,
    ),
    (
        "a template",
        "https://example.com/users/{user}/books/{book}",
        "https://example.com/users/17/books/3",
        true,
    ),
    (
        "a template that covers it not",
        "https://example.com/users/{user}/films/{film}",
        "https://example.com/users/17/books/3",
        false,
    ),
    (
        "a template with operators",
        "https://example.com{/path*}{?query,page}",
        "https://example.com/users/17/books?query=3&page=2",
        true,
    ),
    (
        "a template made to be slow",
        "{a}{b}{c}{d}{e}{f}{g}{h}!",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        false,
    ),
];

/// Thirty-two of the first make a template that a stranger may subscribe with; the second, repeated,
/// makes a topic that keeps many places within its reach.
const HOSTILE: [(&str, &str); 11] = [
    ("{a}", "a"),
    ("{a}", "%61"),
    ("{a:9}", "a"),
    ("{a:9}", "%61"),
    ("{a:999}", "a"),
    ("{a:999}", "a%C3%A9bcd"),
    ("{;a*}", ";a=a"),
    ("{;a:9}", ";a=a%61"),
    ("{&a*,b*}", "&a=a"),
    ("{.a*}", ".a=%61"),
    ("{+a}aa", "a"),
];

/// Bytes of such a topic: an ordinary one, and the longest that is usual.
const LENGTHS: [usize; 3] = [50, 200, 4096];

criterion_group!(benches, matching, hostile, compiling);
criterion_main!(benches);

fn matching(c: &mut Criterion) {
    let mut group = c.benchmark_group("match");
    for (name, selector, topic, covers) in CASES {
        let pattern = Pattern::compile(&Selector::trusted(Matcher::UriTemplate, selector));
        assert_eq!(pattern.matches(topic), covers, "{name}");
        group.bench_function(name, |b| b.iter(|| pattern.matches(black_box(topic))));
    }
    group.finish();
}

fn hostile(c: &mut Criterion) {
    let mut group = c.benchmark_group("hostile");
    for (expression, unit) in HOSTILE {
        let selector = Selector::trusted(Matcher::UriTemplate, &expression.repeat(32));
        let pattern = Pattern::compile(&selector);
        for len in LENGTHS {
            let topic = unit.repeat(len / unit.len());
            group.bench_function(format!("{expression} at {len} bytes of {unit}"), |b| {
                b.iter(|| pattern.matches(black_box(&topic)));
            });
        }
    }
    group.finish();
}

fn compiling(c: &mut Criterion) {
    let mut group = c.benchmark_group("compile");
    for (name, selector, ..) in CASES {
        let selector = Selector::trusted(Matcher::UriTemplate, selector);
        group.bench_function(name, |b| b.iter(|| Pattern::compile(black_box(&selector))));
    }
    group.finish();
}
