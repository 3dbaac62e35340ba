//! What a swap costs those who are there.

use std::rc::Rc;
use std::time::Duration;

use crate::policies::Policies;
use crate::row;
use crate::stage::{Stage, runtime};
use crate::wires::Counted;

/// Subscribers who are told to the new instance while the old one routes.
const PRESENT: usize = 100_000;
/// What they ask for, in all: few topics, and one each.
const TOPICS: [usize; 2] = [1_000, PRESENT];
/// The topic of the events that are published meanwhile.
const PROBE: &str = "https://example.com/probe";
/// Swaps that are looked at; the median of them counts.
const SWAPS: usize = 7;

/// How long nothing is routed at the cut, and at any time while another policy takes over. Both instances
/// are of the default component, which was compiled before.
pub(crate) fn swaps(policies: &Policies) {
    for topics in TOPICS {
        swap(policies, topics);
    }
}

fn swap(policies: &Policies, topics: usize) {
    let runtime = runtime();
    let mut stage = Stage::new(&runtime, &policies.wasm);
    for n in 0..PRESENT {
        let writes = Rc::clone(&stage.writes);
        let topic = format!("https://example.com/topic-{}", n % topics);
        stage.subscribe(&topic, Counted(writes));
    }
    let writes = Rc::clone(&stage.writes);
    stage.subscribe(PROBE, Counted(writes));
    let (mut pauses, mut gaps, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..SWAPS {
        let swapped = stage.swap(&policies.wasm, PROBE);
        let before = |at: usize| match at.checked_sub(1) {
            Some(before) => swapped.written[before],
            None => swapped.begin,
        };
        let gap = |at: usize| swapped.written[at] - before(at);
        pauses.push(gap(swapped.cut));
        gaps.extend((0..swapped.written.len()).map(gap).max());
        times.push(swapped.written[swapped.cut] - swapped.begin);
    }
    let at = format!("{PRESENT} subscribers of {topics} topics, another policy takes over");
    row(
        &format!("{at}: pause at the cut"),
        "0.5 ms",
        ms(&mut pauses),
    );
    row(
        &format!("{at}: longest gap in routing"),
        "5 ms",
        ms(&mut gaps),
    );
    row(&format!("{at}: all in all"), "-", ms(&mut times));
}

/// The median and the longest.
fn ms(times: &mut [Duration]) -> String {
    times.sort();
    let of = |time: Duration| time.as_secs_f64() * 1e3;
    let (middle, longest) = (times[times.len() / 2], times[times.len() - 1]);
    format!("{:.3} ms, at most {:.3} ms", of(middle), of(longest))
}
