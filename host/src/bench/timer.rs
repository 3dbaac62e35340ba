//! A timer to some ten microseconds.

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// A thread that sleeps for the run. The runtime's own timer rounds up to whole milliseconds, which would
/// add up to one to every latency of an open loop.
pub struct Timer {
    until: SyncSender<Instant>,
    rung: Arc<Notify>,
}

impl Timer {
    /// # Errors
    /// Where the system has no thread left.
    pub fn new() -> io::Result<Self> {
        let (until, asked) = sync_channel::<Instant>(1);
        let rung = Arc::new(Notify::new());
        let bell = rung.clone();
        // It ends with the timer.
        thread::Builder::new().spawn(move || {
            for until in asked {
                thread::sleep(until.saturating_duration_since(Instant::now()));
                bell.notify_one();
            }
        })?;
        Ok(Self { until, rung })
    }

    /// Waits so long. Not to be cancelled.
    pub async fn sleep(&self, wait: Duration) {
        // There is room: it is not asked again before it has rung.
        if !wait.is_zero() && self.until.send(Instant::now() + wait).is_ok() {
            self.rung.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Timer;

    #[tokio::test]
    async fn it_waits_no_less_than_it_should() {
        let timer = Timer::new().unwrap();
        for us in [0, 1, 300, 2_500] {
            let (begun, wait) = (Instant::now(), Duration::from_micros(us));
            timer.sleep(wait).await;
            assert!(begun.elapsed() >= wait, "{us} us");
        }
    }
}
