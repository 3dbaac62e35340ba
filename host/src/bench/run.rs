//! One run: open the streams, publish, wait for what is on its way.

use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use tokio::task::{LocalSet, spawn_local};
use tokio::time::{interval, sleep};

use super::clock::Reading;
use super::latency::Latency;
use super::measure::Measure;
use super::opening::open;
use super::outcome::{Connecting, Outcome};
use super::plan::Plan;
use super::progress::{Phase, Progress};
use super::publishing::publish;
use super::shared::Shared;
use crate::client::{HubUrl, Publisher};

/// After the last event the run goes on while something arrives within the one, but no longer than the other.
const DRAIN_QUIET: Duration = Duration::from_secs(2);
const DRAIN_MAX: Duration = Duration::from_secs(30);
const DRAIN_LOOK: Duration = Duration::from_millis(10);

/// How often it is told how far a run is.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// Carries out a plan, which has been checked. `tell` hears how far it is, some times a second.
///
/// # Errors
/// Where the hub cannot be reached, or does not take subscribers or events. What it does to them is in the
/// outcome.
pub async fn run(
    hub: HubUrl,
    token: Option<String>,
    plan: Plan,
    tell: &dyn Fn(Progress),
) -> anyhow::Result<Outcome> {
    let local = LocalSet::new();
    let measuring = measure(&hub, token, plan, tell);
    let (shared, connecting, readings) = local.run_until(measuring).await?;
    // The tasks of the streams end with their set; only then nobody else holds what they share.
    drop(local);
    finish(shared, &hub, &connecting, readings)
}

async fn measure(
    hub: &HubUrl,
    token: Option<String>,
    plan: Plan,
    tell: &dyn Fn(Progress),
) -> anyhow::Result<(Rc<Shared>, Connecting, (Reading, Reading))> {
    let topics = topics(&plan);
    let begun = Instant::now();
    let subscribers = open(hub, token.as_deref(), &plan, &topics.names, tell).await?;
    let mut connecting = Connecting {
        took: begun.elapsed(),
        latency: Latency::default(),
    };
    let shared = Rc::new(Shared::new(Measure::new(plan, topics.run)));
    for (index, subscriber) in subscribers {
        connecting.latency.record(subscriber.took);
        let reader = shared.measure.borrow().reader(index);
        spawn_local(subscriber.follow(reader, shared.clone()));
    }
    let publisher = Publisher::new(hub.clone(), token);
    let publishing = publish(&shared, publisher, &topics.names);
    let readings = beside(publishing, || tell(shared.progress(Phase::Publishing))).await?;
    beside(drain(&shared), || {
        tell(shared.progress(Phase::Draining));
    })
    .await;
    Ok((shared, connecting, readings))
}

fn finish(
    shared: Rc<Shared>,
    hub: &HubUrl,
    connecting: &Connecting,
    (warm, end): (Reading, Reading),
) -> anyhow::Result<Outcome> {
    let shared = Rc::into_inner(shared).context("a task outlived the run")?;
    let measure = shared.measure.into_inner();
    ensure!(measure.events > 0, "the hub took no event");
    Ok(Outcome::new(
        measure,
        format!("http://{}{}", hub.authority, hub.path),
        connecting,
        warm.cpu_share(end),
    ))
}

/// What the events of one run are about.
struct Topics {
    run: u32,
    names: Vec<String>,
}

/// Of this run alone: others may go on at the same hub, or have left events there.
fn topics(plan: &Plan) -> Topics {
    // Nothing secret: where there is no randomness, the process id will do.
    let run = getrandom::u32().unwrap_or_else(|_| std::process::id());
    let name = |topic| format!("https://bench.example/{run:08x}/{topic}");
    let names = (0..plan.topics).map(name).collect();
    Topics { run, names }
}

/// Waits until everything has arrived, or nothing more arrives.
async fn drain(shared: &Shared) {
    shared.hurry.set(true);
    let begun = shared.clock.now();
    let (mut last, mut deliveries) = (begun, shared.measure.borrow().deliveries());
    while shared.measure.borrow().outstanding() > 0 {
        sleep(DRAIN_LOOK).await;
        let now = shared.clock.now();
        let sum = shared.measure.borrow().deliveries();
        if sum != deliveries {
            (last, deliveries) = (now, sum);
        }
        if now - last >= DRAIN_QUIET || now - begun >= DRAIN_MAX {
            break;
        }
    }
}

/// Does `work`, and tells how far it is meanwhile.
async fn beside<T>(work: impl Future<Output = T>, tell: impl Fn()) -> T {
    let telling = async {
        let mut ticks = interval(TELL_EVERY);
        loop {
            ticks.tick().await;
            tell();
        }
    };
    tokio::select! {
        done = work => done,
        () = telling => unreachable!("it never ends"),
    }
}
