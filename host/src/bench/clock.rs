//! The time of one run, and how much of it the program itself computed.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// The time from the first event on.
#[derive(Clone, Copy, Debug)]
pub struct Clock(Instant);

/// Where a clock and the processor time of this process stood.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    wall: Duration,
    cpu: Duration,
}

impl Clock {
    /// A clock at 0.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The time by now.
    pub fn now(self) -> Duration {
        self.0.elapsed()
    }

    /// As a moment that timers know.
    pub fn at(self, time: Duration) -> tokio::time::Instant {
        (self.0 + time).into()
    }

    /// Both times by now.
    pub fn read(self) -> Reading {
        let cpu = clock_gettime(ClockId::ProcessCPUTime);
        Reading {
            wall: self.now(),
            // A time since the process began is not negative.
            cpu: Duration::try_from(cpu).unwrap_or_default(),
        }
    }
}

impl Reading {
    /// How much of one core this process used from here until `later`: 0 to the number of cores.
    pub fn cpu_share(self, later: Self) -> f64 {
        let wall = later.wall.saturating_sub(self.wall).as_secs_f64();
        let cpu = later.cpu.saturating_sub(self.cpu).as_secs_f64();
        if wall > 0.0 { cpu / wall } else { 0.0 }
    }
}
