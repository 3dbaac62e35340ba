//! The event-stream format, written and read: `cargo bench -p umbel-sse`.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use umbel_event::{Event, EventId, Topic, Topics};
use umbel_sse::{Decoder, Frame};

/// Payloads: how they are called, and what they are made of over and over.
const KINDS: [(&str, &str); 2] = [
    ("one line", "x"),
    (
        "lines of 40 bytes",
        "0123456789012345678901234567890123456789\n",
    ),
];
const SIZES: [usize; 3] = [100, 1_000, 100_000];

criterion_group!(benches, encode, decode);
criterion_main!(benches);

fn encode(c: &mut Criterion) {
    each(c, "encode", |b, event| b.iter(|| Frame::event(event)));
}

fn decode(c: &mut Criterion) {
    each(c, "decode", |b, event| {
        let bytes = Frame::event(event).bytes();
        b.iter(|| {
            let mut decoder = Decoder::default();
            decoder.feed(&bytes).expect("a sound stream");
            decoder.next().expect("a message")
        });
    });
}

fn each(c: &mut Criterion, name: &str, run: impl Fn(&mut criterion::Bencher<'_>, &Event)) {
    let mut group = c.benchmark_group(name);
    for (kind, unit) in KINDS {
        for size in SIZES {
            let event = event(&unit.repeat(size)[..size]);
            group.throughput(Throughput::Bytes(size as u64));
            group.bench_function(BenchmarkId::new(kind, size), |b| run(b, &event));
        }
    }
    group.finish();
}

fn event(data: &str) -> Event {
    let topic = Topic::new("https://example.com/users/17", 100).expect("a topic");
    Event {
        topics: Topics::new(vec![topic]).expect("one"),
        id: EventId::new("urn:uuid:01234567-89ab-cdef-0123-456789abcdef").expect("an id"),
        kind: None,
        retry_ms: None,
        private: false,
        accepted_ms: 1,
        data: data.to_owned().into(),
    }
}
