//! How long a call may take.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use crate::suspicion::Suspicion;

/// A call may take so many times its CPU time by the wall clock: a thread that is not scheduled is
/// not the component's fault, but nothing waits for ever.
const WALL_FACTOR: u32 = 10;

/// The deadline of the call in progress.
///
/// Reading a thread's CPU time is a system call that costs more than an empty call to a component,
/// so it is read first when a tick finds the call still running. What ran before that tick is not
/// counted, at most one interval of the ticker, unless the component is under suspicion.
pub(crate) struct Deadline {
    allowed: Duration,
    since: Option<Reading>,
    suspicion: Suspicion,
}

/// Both clocks at one moment.
#[derive(Clone, Copy)]
struct Reading {
    cpu: Duration,
    wall: Instant,
}

/// The call took too long.
#[derive(Debug, thiserror::Error)]
#[error("it ran for {cpu:?} of CPU time ({wall:?} by the clock), the deadline is {allowed:?}")]
pub(crate) struct DeadlineExceeded {
    cpu: Duration,
    wall: Duration,
    allowed: Duration,
}

impl Deadline {
    pub(crate) const fn new(suspicion: Suspicion) -> Self {
        Self {
            allowed: Duration::ZERO,
            since: None,
            suspicion,
        }
    }

    /// A call begins, which may take `allowed`.
    pub(crate) fn arm(&mut self, allowed: Duration) {
        self.allowed = allowed;
        self.since = self.suspicion.watches().then(Reading::now);
    }

    /// A tick found the call still running.
    pub(crate) fn tick(&mut self) -> Result<(), DeadlineExceeded> {
        let now = Reading::now();
        let since = *self.since.get_or_insert(now);
        let cpu = now.cpu.saturating_sub(since.cpu);
        let wall = now.wall.saturating_duration_since(since.wall);
        if is_over(cpu, wall, self.allowed) {
            self.suspicion.arouse();
            return Err(DeadlineExceeded {
                cpu,
                wall,
                allowed: self.allowed,
            });
        }
        Ok(())
    }
}

impl Reading {
    fn now() -> Self {
        Self {
            cpu: thread_cpu_time(),
            wall: Instant::now(),
        }
    }
}

fn is_over(cpu: Duration, wall: Duration, allowed: Duration) -> bool {
    cpu >= allowed || wall >= allowed.saturating_mul(WALL_FACTOR)
}

/// CPU time that this thread has used.
fn thread_cpu_time() -> Duration {
    let t = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(t.tv_sec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_nanos(u64::try_from(t.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{is_over, thread_cpu_time};

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn a_thread_that_waits_for_the_cpu_does_not_use_up_its_deadline() {
        assert!(!is_over(MS(9), MS(99), MS(10)));
        assert!(is_over(MS(10), MS(10), MS(10)));
        assert!(is_over(MS(0), MS(100), MS(10)));
    }

    #[test]
    fn sleeping_costs_no_cpu_time() {
        let before = thread_cpu_time();
        std::thread::sleep(MS(60));
        assert!(thread_cpu_time() - before < MS(50));
    }
}
