//! The clock that interrupts components.
//!
//! One thread advances the engine's epoch while calls are running; compiled code looks at the epoch
//! at loops and function entries. It parks when nothing has run for a while, so that an idle hub
//! costs no CPU.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use wasmtime::EngineWeak;

/// Between two ticks while a call is running.
const TICK: Duration = Duration::from_millis(1);

/// Between two looks while none is: calls usually take microseconds, so at most looks there is
/// none, and a thousand wake-ups a second would show in what a delivery costs. A call that begins
/// in between gets its first tick this much later.
const IDLE_TICK: Duration = Duration::from_millis(4);

/// Looks without any call in between after which the thread parks.
const IDLE_LOOKS_MAX: u32 = 16;

/// Counters of running calls, so that shards on different cores do not share one cache line.
const LANES: usize = 16;

/// Starts and stops the thread; dropping it ends the thread.
pub(crate) struct Ticker {
    pulse: Arc<Pulse>,
    thread: Thread,
}

/// What callers and the thread share.
struct Pulse {
    lanes: [Lane; LANES],
    next_lane: AtomicUsize,
    parked: AtomicBool,
    stopped: AtomicBool,
}

/// The calls of some instances: those running in the low half, those finished in the high half,
/// which wraps.
#[derive(Default)]
#[repr(align(64))]
struct Lane(AtomicU64);

const FINISHED_ONE: u64 = 1 << 32;
const RUNNING: u64 = FINISHED_ONE - 1;

/// Where one instance counts its calls.
#[derive(Clone)]
pub(crate) struct Meter {
    pulse: Arc<Pulse>,
    thread: Thread,
    lane: usize,
}

/// A call in progress.
pub(crate) struct Running<'a>(&'a Lane);

impl Ticker {
    /// Starts the thread. It holds the engine only while it advances the epoch.
    pub(crate) fn start(engine: EngineWeak) -> io::Result<Self> {
        Self::spawn(move || engine.upgrade().map(|e| e.increment_epoch()).is_some())
    }

    /// Calls `tick` while calls are running, until it answers that there is nothing more to tick
    /// for.
    fn spawn(tick: impl Fn() -> bool + Send + 'static) -> io::Result<Self> {
        let pulse = Arc::new(Pulse {
            lanes: Default::default(),
            next_lane: AtomicUsize::new(0),
            parked: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        });
        let shared = Arc::clone(&pulse);
        let handle = thread::Builder::new()
            .name("wasm-ticker".into())
            .spawn(move || run(&shared, tick))?;
        Ok(Self {
            pulse,
            thread: handle.thread().clone(),
        })
    }

    /// A meter for one more instance.
    pub(crate) fn meter(&self) -> Meter {
        let lane = self.pulse.next_lane.fetch_add(1, Ordering::Relaxed) % LANES;
        Meter {
            pulse: Arc::clone(&self.pulse),
            thread: self.thread.clone(),
            lane,
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.pulse.stopped.store(true, Ordering::SeqCst);
        self.thread.unpark();
    }
}

impl Meter {
    /// A call begins: ticks come until the result is dropped.
    pub(crate) fn enter(&self) -> Running<'_> {
        let lane = &self.pulse.lanes[self.lane];
        // Counted before the look at `parked`, while the thread sets `parked` before it looks at
        // the counters: one of the two sees the other.
        lane.0.fetch_add(1, Ordering::SeqCst);
        if self.pulse.parked.load(Ordering::SeqCst) {
            self.thread.unpark();
        }
        Running(lane)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_add(FINISHED_ONE - 1, Ordering::SeqCst);
    }
}

impl Pulse {
    /// Whether a call is running, and a number that changes with each call.
    fn look(&self) -> (bool, u64) {
        self.lanes.iter().fold((false, 0), |(running, sum), lane| {
            let n = lane.0.load(Ordering::SeqCst);
            (running || n & RUNNING != 0, sum.wrapping_add(n))
        })
    }

    /// Sleeps until a call begins, even one that is over by the time the thread wakes: where one
    /// comes, more follow, and each would pay for waking the thread. `seen` is the last number that
    /// was looked at.
    fn park(&self, seen: u64) {
        self.parked.store(true, Ordering::SeqCst);
        while self.look() == (false, seen) && !self.stopped.load(Ordering::SeqCst) {
            thread::park();
        }
        self.parked.store(false, Ordering::SeqCst);
    }
}

/// Ticks until the ticker is dropped or `tick` says that the engine is gone.
fn run(pulse: &Pulse, tick: impl Fn() -> bool) {
    let mut seen = 0;
    let mut idle_looks = 0;
    while !pulse.stopped.load(Ordering::SeqCst) {
        let (running, now) = pulse.look();
        if running && !tick() {
            return;
        }
        idle_looks = if running || now != seen {
            0
        } else {
            idle_looks + 1
        };
        seen = now;
        if idle_looks > IDLE_LOOKS_MAX {
            pulse.park(seen);
            idle_looks = 0;
        } else {
            thread::sleep(if running { TICK } else { IDLE_TICK });
        }
    }
}

#[cfg(test)]
mod tests;
