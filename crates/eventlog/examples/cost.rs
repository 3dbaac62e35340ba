//! What the memory log costs, in time and in memory:
//! `cargo run --release -p umbel-eventlog --example cost`.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use bytes::Bytes;
use umbel_event::{Event, EventId, Offset, Topic, Topics};
use umbel_eventlog::{Entry, EventLog, MemoryLog, PageLimits, Retention};

const EVENTS: u64 = 1_000_000;
const PAYLOAD_BYTES: usize = 100;
const BATCH: usize = 1_000;
const PAGE: PageLimits = PageLimits {
    events: 256,
    bytes: 1 << 20,
    before: Offset(u64::MAX),
};
const NO_FLOOR: Offset = Offset(u64::MAX);

fn main() {
    println!(
        "entry: {} bytes, event: {}",
        size_of::<Entry>(),
        size_of::<Event>()
    );
    // Held to the end, so that no later measurement gets its memory.
    let log = Arc::new(MemoryLog::new(Retention::UNBOUNDED));
    let before = resident_bytes();
    report("append, one event", fill(&log, EVENTS));
    report_memory("", before);
    look(&log);
    beside_readers(&log);
    with_frames();
    with_retention();
}

fn report_memory(what: &str, before: u64) {
    let cost = event(0).cost() as u64;
    let each = (resident_bytes() - before) / EVENTS;
    let beyond = each - cost;
    println!("resident per retained event{what}: {each} bytes, {beyond} beyond its {cost}");
}

/// Makes the frame of every event as it comes, as fan-out does; retention forgets those of old ones.
fn with_frames() {
    let log = MemoryLog::new(Retention::UNBOUNDED);
    let before = resident_bytes();
    for n in 0..EVENTS {
        let offset = now(log.append(vec![event(n)])).expect("memory never fails");
        for entry in now(log.read(offset, PAGE)).expect("there") {
            black_box(entry.frame().bytes());
        }
        now(log.retain(0, NO_FLOOR));
    }
    report_memory(", encoded and forgotten", before);
}

/// Appends one by one; the building of the events is not timed.
fn fill(log: &MemoryLog, events: u64) -> Duration {
    let mut taken = Duration::ZERO;
    for start in (0..events).step_by(BATCH) {
        let batch: Vec<Event> = (start..start + BATCH as u64).map(event).collect();
        let begin = Instant::now();
        for event in batch {
            black_box(now(log.append(vec![event]))).expect("memory never fails");
        }
        taken += begin.elapsed();
    }
    taken / u32::try_from(events).expect("few enough")
}

fn look(log: &MemoryLog) {
    report("page of 256, through the log", pages(log, Offset(1)));
    let recent = Offset(log.bounds().next.0 - 256);
    report(
        "page of 256, the newest",
        time(100_000, |_| {
            now(log.read(recent, PAGE)).expect("there").len()
        }),
    );
    report(
        "find",
        time(100_000, |n| now(log.find(&id(n * 7 % EVENTS)))),
    );
    report("bounds", time(1_000_000, |_| log.bounds()));
}

fn pages(log: &MemoryLog, from: Offset) -> Duration {
    let mut from = from;
    let mut count = 0;
    let begin = Instant::now();
    while let Some(last) = black_box(now(log.read(from, PAGE)).expect("there")).last() {
        from = last.offset.next();
        count += 1;
    }
    begin.elapsed() / count
}

/// Appends while two threads read pages as fast as they can.
fn beside_readers(log: &Arc<MemoryLog>) {
    let stop = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (log, stop) = (Arc::clone(log), Arc::clone(&stop));
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let recent = Offset(log.bounds().next.0 - 256);
                    black_box(now(log.read(recent, PAGE)).expect("there"));
                }
            })
        })
        .collect();
    report("append, beside two reading threads", fill(log, EVENTS / 10));
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().expect("it reads");
    }
}

fn with_retention() {
    let events_max = 100_000;
    let log = MemoryLog::new(Retention {
        events_max,
        ..Retention::UNBOUNDED
    });
    fill(&log, events_max);
    let mut taken = Duration::ZERO;
    for start in (0..EVENTS / 2).step_by(BATCH) {
        let batch: Vec<Event> = (start..start + BATCH as u64).map(event).collect();
        let begin = Instant::now();
        for event in batch {
            now(log.append(vec![event])).expect("memory never fails");
            now(log.retain(0, NO_FLOOR));
        }
        taken += begin.elapsed();
    }
    report(
        "append and retain, 100,000 kept",
        taken * 2 / u32::try_from(EVENTS).expect("few enough"),
    );
    let none = MemoryLog::new(Retention {
        events_max: 0,
        ..Retention::UNBOUNDED
    });
    fill(&none, 100_000);
    let begin = Instant::now();
    now(none.retain(0, NO_FLOOR));
    let dropped = u32::try_from(none.bounds().first.0 - 1).expect("few enough");
    report("one call that drops as much as it may", begin.elapsed());
    report("the same per event", begin.elapsed() / dropped);
}

fn time<T>(times: u64, mut call: impl FnMut(u64) -> T) -> Duration {
    let begin = Instant::now();
    for n in 0..times {
        black_box(call(n));
    }
    begin.elapsed() / u32::try_from(times).expect("few enough")
}

fn report(what: &str, taken: Duration) {
    println!("{what}: {} ns", taken.as_nanos());
}

fn id(n: u64) -> String {
    format!("urn:uuid:01234567-89ab-cdef-{n:016x}")
}

fn event(n: u64) -> Event {
    let topic = format!("https://quakes.example/{}", n % 13);
    Event {
        topics: Topics::new(vec![Topic::new(&topic, 100).expect("a topic")]).expect("one"),
        id: EventId::new(&id(n)).expect("an id"),
        kind: None,
        retry_ms: None,
        private: false,
        accepted_ms: n,
        data: Bytes::from(vec![b'x'; PAYLOAD_BYTES]),
    }
}

/// The answer of a future of the memory log, which is there at once.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("memory answers at once"),
    }
}

fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .expect("VmRSS");
    let kib = line
        .split_whitespace()
        .nth(1)
        .and_then(|text| text.parse::<u64>().ok());
    kib.expect("a number") * 1024
}
