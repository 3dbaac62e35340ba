//! Whether an event costs what its audience does, however many others there are.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use tokio::runtime::LocalRuntime;
use umbel_hub::Wire;
use umbel_routing::DispatcherFactory;

use crate::policies::Policies;
use crate::rounds::{in_turns, ratio};
use crate::row;
use crate::stage::{Stage, runtime};
use crate::wires::{Counted, Socket, readers};

const FEW: usize = 1_000;
const MANY: usize = 100_000;
const PATTERNS: usize = 10_000;
/// Events of one round.
const EVENTS: usize = 4_000;

/// Topics of one round.
type Topics = Vec<String>;

/// One event to one of many, without the write and with it.
pub(crate) fn one_among_many(policies: &Policies) {
    one_among(policies, "without the write", |_, writes| {
        Counted(Rc::clone(writes))
    });
    let readers = readers();
    let sockets: Vec<Socket> = (0..FEW)
        .map(|_| Socket::open(readers, &Rc::default()))
        .collect();
    one_among(policies, "written to sockets", |n, writes| {
        sockets[n % FEW].shared(writes)
    });
}

fn one_among<W: Wire + 'static>(
    policies: &Policies,
    how: &str,
    wire: impl Fn(usize, &Rc<Cell<u64>>) -> W,
) {
    for (name, policy) in policies.each() {
        let name = &format!("{how}; {name}");
        let runtime = runtime();
        let few = crowd(&runtime, policy, FEW, &wire);
        let many = crowd(&runtime, policy, MANY, &wire);
        let mut besides = crowd(&runtime, policy, MANY, &wire);
        for n in 0..PATTERNS {
            let wire = wire(n, &besides.writes);
            besides.subscribe(&format!("https://example.com/room-{n}/{{seat}}"), wire);
        }
        // The subscribers that events go to: always the same ones, and others each time.
        for (whom, reach) in [("the same 1,000 in turn", FEW), ("any", MANY)] {
            let near: Topics = (0..EVENTS).map(|n| topic(n * 7_919 % FEW)).collect();
            let far: Topics = (0..EVENTS).map(|n| topic(n * 7_919 % reach)).collect();
            let [few, many, besides] = in_turns([
                &mut || few.ns_per_event(&near, 1),
                &mut || many.ns_per_event(&far, 1),
                &mut || besides.ns_per_event(&far, 1),
            ]);
            row(
                &format!("CPU per event to 1 of 100,000 ({whom}), against 1 of 1,000; {name}"),
                "1.2x",
                format!("{:.2}x", ratio(&many, &few)),
            );
            row(
                &format!("with 10,000 distinct patterns besides ({whom}); {name}"),
                "2x",
                format!("{:.2}x", ratio(&besides, &few)),
            );
        }
        never_seen(name, &few, &besides);
    }
}

/// Every event has a topic that the hub has not met before, which one of the patterns covers.
fn never_seen(name: &str, few: &Stage, besides: &Stage) {
    let near: Topics = (0..EVENTS).map(|n| topic(n * 7_919 % FEW)).collect();
    let mut next = 0;
    let mut fresh = || -> Topics {
        next += EVENTS;
        (next - EVENTS..next)
            .map(|n| format!("https://example.com/room-{}/{n}", n * 7_919 % PATTERNS))
            .collect()
    };
    let [few, besides] = in_turns([&mut || few.ns_per_event(&near, 1), &mut || {
        besides.ns_per_event(&fresh(), 1)
    }]);
    row(
        &format!("the same, to 1 of the 10,000 by a topic that was never seen; {name}"),
        "2x",
        format!("{:.2}x", ratio(&besides, &few)),
    );
}

/// So many subscribers, each of a topic of its own.
fn crowd<W: Wire + 'static>(
    runtime: &Rc<LocalRuntime>,
    policy: &Arc<dyn DispatcherFactory>,
    count: usize,
    wire: &impl Fn(usize, &Rc<Cell<u64>>) -> W,
) -> Stage {
    let mut stage = Stage::new(runtime, policy);
    for n in 0..count {
        let wire = wire(n, &stage.writes);
        stage.subscribe(&topic(n), wire);
    }
    stage
}

fn topic(n: usize) -> String {
    format!("https://example.com/user-{n}")
}
