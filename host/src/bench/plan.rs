//! What a run does: decided before it begins, never changed by what it meets.

use std::time::Duration;

use super::Share;
use super::stamp::Stamp;

/// Subscribers of one run.
const SUBSCRIBERS_MAX: usize = 1_000_000;

/// Bytes of one payload.
const SIZE_BYTES_MAX: usize = 8 << 20;

/// Events in flight at once.
const WINDOW_MAX: usize = 100_000;

/// Least time between two events: what a timer of the system can keep apart.
const INTERVAL_MIN: Duration = Duration::from_micros(1);

/// Longest time between two events.
const INTERVAL_MAX: Duration = Duration::from_hours(1);

const DURATION_MIN: Duration = Duration::from_millis(100);
const DURATION_MAX: Duration = Duration::from_hours(24);

/// A warm-up lasts a tenth of what is measured, but no less and no more than this.
const WARM_UP_MIN: Duration = Duration::from_millis(200);
const WARM_UP_MAX: Duration = Duration::from_secs(2);

/// When the next event is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Open loop: one after each of these intervals, whatever the hub does.
    Every(Duration),
    /// Closed loop: as soon as fewer than so many events are on their way.
    Window(usize),
}

/// What a run does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Streams that are opened.
    pub subscribers: usize,
    /// Topics that they are spread over; each follows one.
    pub topics: usize,
    /// When events are published.
    pub pace: Pace,
    /// Bytes of a payload.
    pub size: usize,
    /// How long is measured, the warm-up before it not counted.
    pub duration: Duration,
    /// Those who read slowly.
    pub slow: Share,
}

/// Why a plan cannot be carried out by anyone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Too few or too many subscribers.
    #[error("--subscribers must be 1 to {SUBSCRIBERS_MAX}")]
    Subscribers,
    /// None, or some that nobody follows.
    #[error("--topics must be 1 to the number of subscribers")]
    Topics,
    /// No room for the stamp, or more than any hub takes.
    #[error("--size must be {} to {SIZE_BYTES_MAX} bytes", Stamp::LEN)]
    Size,
    /// None or too many in flight.
    #[error("--window must be 1 to {WINDOW_MAX}")]
    Window,
    /// Faster or slower than can be kept.
    #[error("--rate must be 1/h to 1000000/s")]
    Rate,
    /// Too short or too long.
    #[error("--duration must be 100ms to 24h")]
    Duration,
}

impl Plan {
    /// # Errors
    /// Where something is out of its bounds.
    pub fn check(&self) -> Result<(), PlanError> {
        let fault = |good: bool, error| if good { Ok(()) } else { Err(error) };
        fault(
            (1..=SUBSCRIBERS_MAX).contains(&self.subscribers),
            PlanError::Subscribers,
        )?;
        fault(
            (1..=self.subscribers).contains(&self.topics),
            PlanError::Topics,
        )?;
        fault(
            (Stamp::LEN..=SIZE_BYTES_MAX).contains(&self.size),
            PlanError::Size,
        )?;
        fault(
            (DURATION_MIN..=DURATION_MAX).contains(&self.duration),
            PlanError::Duration,
        )?;
        match self.pace {
            Pace::Window(window) => fault((1..=WINDOW_MAX).contains(&window), PlanError::Window),
            Pace::Every(interval) => fault(
                (INTERVAL_MIN..=INTERVAL_MAX).contains(&interval),
                PlanError::Rate,
            ),
        }
    }

    /// How long events are published before anything is measured.
    pub fn warm_up(&self) -> Duration {
        (self.duration / 10).clamp(WARM_UP_MIN, WARM_UP_MAX)
    }

    /// When the publisher stops, from the first event on.
    pub fn end(&self) -> Duration {
        self.warm_up() + self.duration
    }

    /// When an event is due, from the first one on; none in a closed loop, where it is due when there is
    /// room for it.
    pub fn due(&self, sequence: u64) -> Option<Duration> {
        match self.pace {
            Pace::Every(interval) => {
                let nanos = interval.as_nanos().saturating_mul(u128::from(sequence));
                Some(Duration::from_nanos(
                    u64::try_from(nanos).unwrap_or(u64::MAX),
                ))
            }
            Pace::Window(_) => None,
        }
    }

    /// The topic that a subscriber follows. Neighbours share one, so that the slow ones, which are spread
    /// evenly over the subscribers, are spread evenly over the topics as well.
    pub fn topic_of(&self, subscriber: usize) -> usize {
        let wide = subscriber as u128 * self.topics as u128 / self.subscribers as u128;
        usize::try_from(wide).unwrap_or(usize::MAX)
    }

    /// Whether a subscriber reads slowly.
    pub fn is_slow(&self, subscriber: usize) -> bool {
        self.slow.holds(subscriber)
    }

    /// The topic of an event: one after the other.
    pub fn topic_at(&self, sequence: u64) -> usize {
        let topic = sequence % self.topics as u64;
        usize::try_from(topic).unwrap_or(usize::MAX)
    }

    /// Which one of its topic's events an event is, counted from 0.
    pub fn turn_at(&self, sequence: u64) -> u64 {
        sequence / self.topics as u64
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Pace, Plan, PlanError, Stamp};

    fn plan() -> Plan {
        Plan {
            subscribers: 1_000,
            topics: 1,
            pace: Pace::Window(1),
            size: 100,
            duration: Duration::from_secs(10),
            slow: "0".parse().unwrap(),
        }
    }

    #[test]
    fn a_plan_has_bounds() {
        assert_eq!(plan().check(), Ok(()));
        let check = |change: fn(&mut Plan)| {
            let mut plan = plan();
            change(&mut plan);
            plan.check()
        };
        assert_eq!(check(|p| p.subscribers = 0), Err(PlanError::Subscribers));
        assert_eq!(
            check(|p| p.subscribers = 1_000_001),
            Err(PlanError::Subscribers)
        );
        assert_eq!(check(|p| p.topics = 0), Err(PlanError::Topics));
        assert_eq!(check(|p| p.topics = 1_001), Err(PlanError::Topics));
        assert_eq!(check(|p| p.size = Stamp::LEN - 1), Err(PlanError::Size));
        assert_eq!(check(|p| p.size = usize::MAX), Err(PlanError::Size));
        assert_eq!(check(|p| p.pace = Pace::Window(0)), Err(PlanError::Window));
        let every = |p: &mut Plan| p.pace = Pace::Every(Duration::ZERO);
        assert_eq!(check(every), Err(PlanError::Rate));
        let none = |p: &mut Plan| p.duration = Duration::ZERO;
        assert_eq!(check(none), Err(PlanError::Duration));
    }

    #[test]
    fn subscribers_and_events_are_spread_evenly_over_the_topics() {
        let plan = Plan {
            topics: 10,
            slow: "10%".parse().unwrap(),
            ..plan()
        };
        for topic in 0..10 {
            let following: Vec<usize> = (0..1_000).filter(|&s| plan.topic_of(s) == topic).collect();
            let slow = following.iter().filter(|&&s| plan.is_slow(s)).count();
            assert_eq!((following.len(), slow), (100, 10), "topic {topic}");
        }
        assert_eq!((plan.topic_at(27), plan.turn_at(27)), (7, 2));
    }

    #[test]
    fn in_an_open_loop_events_are_due_whatever_happens() {
        let interval = Duration::from_millis(50);
        let plan = Plan {
            pace: Pace::Every(interval),
            ..plan()
        };
        assert_eq!(plan.due(0), Some(Duration::ZERO));
        assert_eq!(plan.due(3), Some(Duration::from_millis(150)));
        assert!(plan.due(u64::MAX).is_some());
        assert_eq!(plan.end(), Duration::from_secs(11));
    }
}
