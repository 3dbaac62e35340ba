//! Appending to the memory log, one by one and together: `cargo bench -p umbel-eventlog`.

use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use umbel_event::{Event, EventId, Offset, Topic, Topics};
use umbel_eventlog::{EventLog, MemoryLog, Retention};

const GROUP: u64 = 64;
const KEPT: Retention = Retention {
    events_max: 100_000,
    ..Retention::UNBOUNDED
};

criterion_group!(benches, alone, beside_another);
criterion_main!(benches);

/// What a publisher that nobody disturbs would gain by appending together.
fn alone(c: &mut Criterion) {
    let log = MemoryLog::new(KEPT);
    appends(c, "append", &log);
}

/// The same beside a thread that appends without a pause, as another shard might.
fn beside_another(c: &mut Criterion) {
    let (log, done) = (MemoryLog::new(KEPT), AtomicBool::new(false));
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let mut n = 0;
            while !done.load(Ordering::Relaxed) {
                n += 1;
                keep(&log, vec![event(n)]);
            }
        });
        appends(c, "append beside another thread", &log);
        done.store(true, Ordering::Relaxed);
    });
}

fn appends(c: &mut Criterion, name: &str, log: &MemoryLog) {
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(GROUP));
    let mut n = 0;
    let mut events = || -> Vec<Event> {
        n += GROUP;
        (n..n + GROUP).map(event).collect()
    };
    group.bench_function("64 one by one", |b| {
        b.iter_batched(
            &mut events,
            |events| {
                for event in events {
                    keep(log, vec![event]);
                }
            },
            BatchSize::SmallInput,
        );
    });
    group.bench_function("64 together", |b| {
        b.iter_batched(
            &mut events,
            |events| keep(log, events),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn keep(log: &MemoryLog, events: Vec<Event>) {
    now(log.append(events)).expect("memory never fails");
    now(log.retain(0, Offset(u64::MAX)));
}

fn event(n: u64) -> Event {
    let topic = Topic::new("https://example.com/users/17", 100).expect("a topic");
    Event {
        topics: Topics::new(vec![topic]).expect("one"),
        id: EventId::new(&format!("urn:uuid:01234567-89ab-cdef-{n:016x}")).expect("an id"),
        kind: None,
        retry_ms: None,
        private: false,
        accepted_ms: n,
        data: Bytes::from_static(&[b'x'; 100]),
    }
}

/// The answer of a future of the memory log, which is there at once.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("memory answers at once"),
    }
}
