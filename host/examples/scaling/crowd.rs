//! What Wasm adds to a delivery.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use umbel_routing::DispatcherFactory;

use crate::policies::Policies;
use crate::rounds::{in_turns, median};
use crate::row;
use crate::stage::{Stage, runtime};
use crate::wires::{Counted, Socket, readers};

const SUBSCRIBERS: usize = 1_000;

/// One event to all of a crowd.
pub(crate) fn all_of_a_crowd(policies: &Policies) {
    let topics = vec!["news".to_owned(); 100];
    let selectors = vec!["news".to_owned(); SUBSCRIBERS];
    let share = added(policies, &selectors, &topics, SUBSCRIBERS as u64);
    row(
        "(Wasm - native) per delivery in process, against CPU per delivery; all of 1,000 receive",
        "3 %",
        share,
    );
}

/// One event to one of a crowd, another one each time.
pub(crate) fn one_of_a_crowd(policies: &Policies) {
    let selectors: Vec<String> = (0..SUBSCRIBERS).map(|n| format!("news/{n}")).collect();
    let topics: Vec<String> = (0..4_000)
        .map(|n| selectors[n * 7 % SUBSCRIBERS].clone())
        .collect();
    let share = added(policies, &selectors, &topics, 1);
    row("the same, one of 1,000 receives", "15 %", share);
}

/// What Wasm adds in process, as a share of what a delivery to a socket costs, both by the shard's thread
/// alone.
fn added(policies: &Policies, selectors: &[String], topics: &[String], receivers: u64) -> String {
    let (runtime, readers) = (runtime(), readers());
    let stage = |policy: &Arc<dyn DispatcherFactory>, readers: Option<SocketAddr>| {
        let mut stage = Stage::new(&runtime, policy);
        for selector in selectors {
            let writes = Rc::clone(&stage.writes);
            match readers {
                Some(readers) => stage.subscribe(selector, Socket::open(readers, &writes)),
                None => stage.subscribe(selector, Counted(writes)),
            }
        }
        stage
    };
    let native = stage(&policies.native, None);
    let wasm = stage(&policies.wasm, None);
    let sockets = stage(&policies.wasm, Some(readers));
    let [native, wasm, sockets] = in_turns([
        &mut || native.ns_per_event(topics, receivers),
        &mut || wasm.ns_per_event(topics, receivers),
        &mut || sockets.ns_per_event(topics, receivers),
    ]);
    let shares = native.iter().zip(&wasm).zip(&sockets);
    let share = median(shares.map(|((native, wasm), sockets)| (wasm - native) / sockets));
    format!("{:.2} %", share * 100.0)
}
