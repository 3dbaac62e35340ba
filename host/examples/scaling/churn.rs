//! How fast subscribers may come and go.

use std::rc::Rc;
use std::sync::Arc;

use umbel_routing::{Client, Dispatcher, DispatcherFactory, SubscriberView};
use umbel_selector::{Matcher, Selector};

use crate::policies::Policies;
use crate::rounds::{in_turns, median};
use crate::row;
use crate::stage::{Stage, cpu_ns, runtime};
use crate::wires::Counted;

/// Subscribers who are there.
const PRESENT: usize = 100_000;
/// Who comes and goes in one call.
const SLICE: usize = 256;
/// Calls of one round.
const CALLS: usize = 40;
/// Joins and leaves in a second that are asked for.
const ASKED_PER_S: f64 = 100_000.0;

/// Joins and leaves, to the policy alone and to the hub.
pub(crate) fn joins_and_leaves(policies: &Policies) {
    for (name, factory) in policies.each() {
        to_the_policy(name, &**factory);
        to_the_hub(name, factory);
    }
}

fn to_the_policy(name: &str, factory: &dyn DispatcherFactory) {
    let mut policy = factory.create().expect("an instance");
    let selectors: Vec<[Selector; 2]> = (0..PRESENT).map(selectors).collect();
    for first in (0..PRESENT).step_by(SLICE) {
        join(&mut *policy, &selectors, first);
    }
    let mut first = 0;
    let mut churn = || {
        let begin = cpu_ns();
        for _ in 0..CALLS {
            first = another(first);
            let leaving: Vec<Client> = (first..first + SLICE).map(client).collect();
            policy.leave(&leaving).expect("no fault");
            join(&mut *policy, &selectors, first);
        }
        cpu_ns() - begin
    };
    let [rounds] = in_turns([&mut churn]);
    tell(&format!("{name}, the policy alone"), &rounds);
}

fn to_the_hub(name: &str, factory: &Arc<dyn DispatcherFactory>) {
    let runtime = runtime();
    let mut stage = Stage::new(&runtime, factory);
    let topic = |n: usize| format!("https://example.com/user-{n}");
    for n in 0..PRESENT {
        let writes = Rc::clone(&stage.writes);
        stage.subscribe(&topic(n), Counted(writes));
    }
    let mut first = 0;
    let mut churn = || {
        let mut ns = 0.0;
        for _ in 0..CALLS {
            first = another(first);
            let topics: Vec<String> = (first..first + SLICE).map(topic).collect();
            ns += stage.replace(first, &topics);
        }
        ns
    };
    let [rounds] = in_turns([&mut churn]);
    tell(&format!("{name}, the whole hub"), &rounds);
}

/// Where the next slice begins.
fn another(first: usize) -> usize {
    (first + 7_919 * SLICE) % (PRESENT - SLICE)
}

#[expect(clippy::cast_possible_truncation, reason = "they are few")]
fn client(n: usize) -> Client {
    Client(n as u32)
}

fn tell(who: &str, rounds_ns: &[f64]) {
    // A join and a leave for each of them.
    let both = 2.0 * (CALLS * SLICE) as f64;
    let per_s = both / (median(rounds_ns.iter().copied()) / 1e9);
    row(
        &format!("joins and leaves at 100,000 subscribers, against 100,000/s; {who}"),
        "1x",
        format!("{:.1}x", per_s / ASKED_PER_S),
    );
}

fn join(policy: &mut dyn Dispatcher, selectors: &[[Selector; 2]], first: usize) {
    let last = (first + SLICE).min(selectors.len());
    let views: Vec<SubscriberView<'_>> = (first..last)
        .map(|n| SubscriberView {
            client: client(n),
            selectors: &selectors[n],
            grants: &[],
            claims: "",
            attributes: &[],
            joined_ms: 0,
        })
        .collect();
    let admissions = policy.join(&views).expect("no fault");
    assert!(admissions.iter().all(Result::is_ok), "let in");
}

/// A topic of its own, and a pattern that a hundred share.
fn selectors(n: usize) -> [Selector; 2] {
    let pattern = format!("https://example.com/room-{}/{{seat}}", n % 1_000);
    [
        Selector::trusted(
            Matcher::UriTemplate,
            &format!("https://example.com/user-{n}"),
        ),
        Selector::trusted(Matcher::UriTemplate, &pattern),
    ]
}
