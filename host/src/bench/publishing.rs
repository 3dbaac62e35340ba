//! The publisher of a run: one connection, one event after the other.

use std::time::Duration;

use http::StatusCode;
use tokio::time::{sleep, timeout_at};

use super::clock::Reading;
use super::plan::Pace;
use super::shared::Shared;
use super::timer::Timer;
use crate::client::{Publication, Publisher, Refusal};

/// A closed loop waits no longer for events on their way; then they are given up. A hub that lost the last
/// event would hold it up for ever.
const STALL_MAX: Duration = Duration::from_secs(5);

/// A hub that is too busy gets so much time.
const REFUSED_PAUSE: Duration = Duration::from_millis(10);

/// Publishes until the end of the plan. Answers the readings of the clock at the end of the warm-up and at
/// the end.
///
/// # Errors
/// Where the hub cannot be reached, refuses for good, or an answer is lost.
pub async fn publish(
    shared: &Shared,
    mut publisher: Publisher,
    topics: &[String],
) -> anyhow::Result<(Reading, Reading)> {
    let plan = shared.measure.borrow().plan.clone();
    let timer = Timer::new()?;
    let mut warm = None;
    for attempt in 0.. {
        let due = due(shared, &timer, plan.pace, plan.due(attempt), plan.end()).await?;
        if due >= plan.end() {
            break;
        }
        if due >= plan.warm_up() {
            warm.get_or_insert_with(|| shared.clock.read());
        }
        let stamp = shared.measure.borrow_mut().depart(due);
        let publication = Publication {
            topics: vec![topics[plan.topic_at(stamp.sequence)].clone()],
            data: stamp.payload(plan.size),
            ..Publication::default()
        };
        match publisher.publish(&publication).await {
            Ok(_) => {
                let now = shared.clock.now();
                shared.measure.borrow_mut().accepted(due, now);
            }
            Err(error) if is_busy(&error) => {
                shared.measure.borrow_mut().refused(due);
                sleep(REFUSED_PAUSE).await;
            }
            Err(error) => return Err(error),
        }
    }
    let end = shared.clock.read();
    Ok((warm.unwrap_or(end), end))
}

/// Waits until the next event is due, and answers when that was: in an open loop what the plan says, however
/// late it is by now; so a hub that holds the publisher up has the wait counted against it.
async fn due(
    shared: &Shared,
    timer: &Timer,
    pace: Pace,
    planned: Option<Duration>,
    end: Duration,
) -> anyhow::Result<Duration> {
    match (pace, planned) {
        (Pace::Window(window), _) => {
            room(shared, window, end).await;
            Ok(shared.clock.now())
        }
        (Pace::Every(_), planned) => {
            let due = planned.unwrap_or(end).min(end);
            timer.sleep(due.saturating_sub(shared.clock.now())).await;
            Ok(due)
        }
    }
}

/// Waits until fewer than `window` events are on their way.
async fn room(shared: &Shared, window: usize, end: Duration) {
    let waiting = async {
        while shared.measure.borrow().in_flight() >= window {
            shared.landed.notified().await;
        }
    };
    let limit = (shared.clock.now() + STALL_MAX).min(end);
    if timeout_at(shared.clock.at(limit), waiting).await.is_err() {
        shared.measure.borrow_mut().give_up();
    }
}

/// Whether the hub did not take the event but may take the next one.
fn is_busy(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Refusal>().is_some_and(|refusal| {
        refusal.status.is_server_error() || refusal.status == StatusCode::TOO_MANY_REQUESTS
    })
}
