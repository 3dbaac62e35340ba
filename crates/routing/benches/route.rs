//! Who gets an event, and coming and going: `cargo bench -p umbel-routing --bench route`.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use umbel_event::Offset;
use umbel_routing::{Client, Dispatcher, EventView, Router, Settings, SubscriberView};
use umbel_selector::{Matcher, Selector};

const CROWDS: [u32; 2] = [1_000, 100_000];
const PATTERNS: u32 = 10_000;
/// Who comes and goes in one call.
const SLICE: u32 = 256;

/// What a subscriber of that number asks for.
type Wish = fn(u32) -> String;
/// The topic of a seat in the room of that number.
type Seat = fn(u32, u32) -> String;

criterion_group!(benches, audiences, patterns, churn);
criterion_main!(benches);

/// One event to one of a crowd, and to all of it.
fn audiences(c: &mut Criterion) {
    let mut group = c.benchmark_group("route");
    for crowd in CROWDS {
        let mut router = router();
        join(&mut router, 0..crowd, |n| vec![user(n), "all".into()]);
        let mut n = 0;
        group.bench_function(BenchmarkId::new("to one of", crowd), |b| {
            b.iter(|| {
                n = (n + 7_919) % crowd;
                route(&mut router, &user(n), 1)
            });
        });
        group.bench_function(BenchmarkId::new("to all of", crowd), |b| {
            b.iter(|| route(&mut router, "all", crowd));
        });
    }
    group.finish();
}

/// One event to one of 10,000 patterns: by their beginning, and where all begin alike.
fn patterns(c: &mut Criterion) {
    let mut group = c.benchmark_group("route by 10,000 patterns");
    let kinds: [(&str, Wish, Seat); 2] = [
        (
            "of beginnings of their own",
            |n| format!("https://example.com/room-{n}/{{seat}}"),
            |n, seat| format!("https://example.com/room-{n}/{seat}"),
        ),
        (
            "of one beginning",
            |n| format!("https://example.com/{{seat}}/room-{n}"),
            |n, seat| format!("https://example.com/{seat}/room-{n}"),
        ),
    ];
    for (name, pattern, topic) in kinds {
        let mut router = router();
        join(&mut router, 0..PATTERNS, |n| vec![pattern(n)]);
        let mut n = 0;
        group.bench_function(BenchmarkId::new("a topic that was seen", name), |b| {
            b.iter(|| {
                n = (n + 7_919) % 1_000;
                route(&mut router, &topic(n, 0), 1)
            });
        });
        let mut seat = 0;
        group.bench_function(BenchmarkId::new("a topic that was not", name), |b| {
            b.iter(|| {
                seat += 1;
                route(&mut router, &topic(seat * 7_919 % PATTERNS, seat), 1)
            });
        });
    }
    group.finish();
}

/// 256 subscribers leave and come again, among 100,000.
fn churn(c: &mut Criterion) {
    let mut group = c.benchmark_group("churn");
    let kinds: [(&str, Wish); 3] = [
        ("of topics", user),
        ("of one topic for all", |_| "all".into()),
        ("of patterns", |n| {
            format!("https://example.com/room-{}/{{seat}}", n % 10_000)
        }),
    ];
    for (name, wish) in kinds {
        let mut router = router();
        join(&mut router, 0..100_000, |n| vec![wish(n)]);
        let mut first = 0;
        group.bench_function(name, |b| {
            b.iter_batched(
                || {
                    first = (first + 7_919 * SLICE) % (100_000 - SLICE);
                    let wishes: Vec<_> = (first..first + SLICE)
                        .map(|n| selectors(&[wish(n)]))
                        .collect();
                    let leaving: Vec<_> = (first..first + SLICE).map(Client).collect();
                    (first, wishes, leaving)
                },
                |(first, wishes, leaving)| {
                    router.leave(&leaving).expect("no fault");
                    let views: Vec<_> = (first..).zip(&wishes).map(|(n, w)| view(n, w)).collect();
                    black_box(router.join(&views).expect("no fault"));
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn router() -> Router {
    let settings = Settings {
        seed: 1,
        ..Settings::default()
    };
    Router::configure(&settings).expect("empty settings")
}

fn user(n: u32) -> String {
    format!("https://example.com/user-{n}")
}

fn join(router: &mut Router, clients: std::ops::Range<u32>, wishes: impl Fn(u32) -> Vec<String>) {
    for n in clients {
        let selectors = selectors(&wishes(n));
        let admissions = router.join(&[view(n, &selectors)]).expect("no fault");
        assert!(admissions[0].is_ok(), "let in");
    }
}

fn selectors(wishes: &[String]) -> Vec<Selector> {
    let selector = |wish: &String| Selector::trusted(Matcher::UriTemplate, wish);
    wishes.iter().map(selector).collect()
}

fn view(client: u32, selectors: &[Selector]) -> SubscriberView<'_> {
    SubscriberView {
        client: Client(client),
        selectors,
        grants: &[],
        claims: "",
        attributes: &[],
        joined_ms: 0,
    }
}

fn route(router: &mut Router, topic: &str, receivers: u32) -> Vec<Vec<Client>> {
    let event = EventView {
        offset: Offset(1),
        id: "",
        topics: &[topic],
        kind: None,
        private: false,
        accepted_ms: 1,
        size: 100,
        data: None,
        attributes: &[],
    };
    let audiences = router.route(&[event]).expect("no fault");
    assert_eq!(audiences[0].len(), receivers as usize, "{topic}");
    audiences
}
