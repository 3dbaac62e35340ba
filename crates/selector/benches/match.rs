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

criterion_group!(benches, matching, compiling);
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

fn compiling(c: &mut Criterion) {
    let mut group = c.benchmark_group("compile");
    for (name, selector, ..) in CASES {
        let selector = Selector::trusted(Matcher::UriTemplate, selector);
        group.bench_function(name, |b| b.iter(|| Pattern::compile(black_box(&selector))));
    }
    group.finish();
}
