//! The ticker parks, wakes and stops.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::{Meter, Ticker};

/// A clock that counts its ticks until the test lets go of `engine`.
struct Bench {
    ticker: Ticker,
    ticks: Arc<AtomicU32>,
    engine: Option<Arc<()>>,
}

impl Bench {
    fn new() -> Self {
        let (ticks, engine) = (Arc::new(AtomicU32::new(0)), Arc::new(()));
        let (count, weak) = (Arc::clone(&ticks), Arc::downgrade(&engine));
        let ticker = Ticker::spawn(move || {
            count.fetch_add(1, Ordering::SeqCst);
            weak.upgrade().is_some()
        });
        Self {
            ticker: ticker.unwrap(),
            ticks,
            engine: Some(engine),
        }
    }

    fn ticks(&self) -> u32 {
        self.ticks.load(Ordering::SeqCst)
    }

    fn is_parked(&self) -> bool {
        self.ticker.pulse.parked.load(Ordering::SeqCst)
    }
}

/// Waits for what must come, however slow the machine is.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(30), "never: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

fn call(meter: &Meter) {
    drop(meter.enter());
}

#[test]
fn it_parks_when_nothing_runs_and_ticks_again_when_something_does() {
    let bench = Bench::new();
    let meter = bench.ticker.meter();
    for _ in 0..3 {
        eventually("parked", || bench.is_parked());
        let before = bench.ticks();
        let running = meter.enter();
        eventually("ticks", || bench.ticks() > before + 3);
        drop(running);
    }
}

#[test]
fn it_never_parks_while_a_call_runs() {
    let bench = Bench::new();
    let (long, short) = (bench.ticker.meter(), bench.ticker.meter());
    let running = long.enter();
    eventually("a tick", || bench.ticks() > 0);
    for _ in 0..200 {
        call(&short);
        thread::sleep(Duration::from_micros(500));
        assert!(!bench.is_parked());
    }
    let before = bench.ticks();
    eventually("ticks", || bench.ticks() > before + 3);
    drop(running);
}

#[test]
fn a_call_that_is_over_before_the_thread_wakes_wakes_it_all_the_same() {
    let bench = Bench::new();
    eventually("parked", || bench.is_parked());
    call(&bench.ticker.meter());
    eventually("awake", || !bench.is_parked());
    eventually("parked again", || bench.is_parked());
}

#[test]
fn it_ends_with_the_engine_and_with_its_owner() {
    let mut bench = Bench::new();
    let pulse = Arc::downgrade(&bench.ticker.pulse);
    let meter = bench.ticker.meter();
    let running = meter.enter();
    bench.engine = None;
    // This test, the meter and the ticker hold it; the thread no longer.
    eventually("the thread ends with the engine", || {
        pulse.strong_count() == 2
    });
    drop(running);

    let bench = Bench::new();
    let pulse = Arc::downgrade(&bench.ticker.pulse);
    eventually("parked", || bench.is_parked());
    drop(bench);
    eventually("the thread ends with its owner", || {
        pulse.strong_count() == 0
    });
}
