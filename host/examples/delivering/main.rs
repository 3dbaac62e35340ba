//! What a delivery costs a hub process over HTTP/2, and with audiences that overlap, against the floor: a
//! program that writes every event to every stream with one `write` each.
//!
//! `cargo run --release -p umbel --example delivering -- HUB FLOOR [ROUNDS [CASE]]` with the programs of the
//! two, and part of a case's name where only some are meant. The floor is called with a port, one thread and no coalescing; it takes any POST for an event and any GET for a
//! subscriber. Hub and floor take turns, each started afresh; ratios are of one round, and medians of all.

mod flight;
mod load;
mod process;
mod publisher;
mod streams;

use crate::load::{Cost, Load, Protocol};
use crate::process::Process;

const ROUNDS: usize = 5;

/// What is compared with the floor; each load of the hub has its own of the floor.
const CASES: [Case; 8] = [
    Case {
        name: "HTTP/1.1, window 1, one audience of 1,000",
        hub: Load::plain(Protocol::Http1, 1_000, 1, 300),
        floor: Load::plain(Protocol::Http1, 1_000, 1, 300),
    },
    Case {
        name: "HTTP/1.0, window 1, one audience of 1,000",
        hub: Load::plain(Protocol::Http10, 1_000, 1, 300),
        floor: Load::plain(Protocol::Http1, 1_000, 1, 300),
    },
    Case {
        name: "h2c, window 1, one audience of 1,000, each over a connection of its own",
        hub: Load::plain(Protocol::H2c { streams: 1 }, 1_000, 1, 300),
        floor: Load::plain(Protocol::Http1, 1_000, 1, 300),
    },
    Case {
        name: "h2c, window 1, one audience of 1,000, over 500 connections",
        hub: Load::plain(Protocol::H2c { streams: 2 }, 1_000, 1, 300),
        floor: Load::plain(Protocol::Http1, 1_000, 1, 300),
    },
    Case {
        name: "h2c, window 1, one audience of 1,000, over 250 connections",
        hub: Load::plain(Protocol::H2c { streams: 4 }, 1_000, 1, 300),
        floor: Load::plain(Protocol::Http1, 1_000, 1, 300),
    },
    Case {
        name: "h2c, window 1, one audience of 1,000, over 10 connections",
        hub: Load::plain(Protocol::H2c { streams: 100 }, 1_000, 1, 300),
        floor: Load::plain(Protocol::Http1, 1_000, 1, 300),
    },
    Case {
        name: "window 16 in all, 10 audiences of 1,000 that overlap by half",
        hub: Load::overlapping(16, 8_000),
        floor: Load::plain(Protocol::Http1, 5_000, 16, 300),
    },
    Case {
        name: "window 16 for each of 10 audiences of 1,000 that overlap by half",
        hub: Load::overlapping(160, 16_000),
        floor: Load::plain(Protocol::Http1, 5_000, 16, 300),
    },
];

struct Case {
    name: &'static str,
    hub: Load,
    floor: Load,
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (hub, floor) = match (arguments.next(), arguments.next()) {
        (Some(hub), Some(floor)) => (hub, floor),
        _ => panic!("which programs? HUB FLOOR [ROUNDS [CASE]]"),
    };
    let rounds = arguments
        .next()
        .map_or(ROUNDS, |rounds| rounds.parse().expect("ROUNDS is a number"));
    let only = arguments.next().unwrap_or_default();
    for case in CASES.iter().filter(|case| case.name.contains(&only)) {
        let (mut cpu, mut rate) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            let measure_hub = || case.hub.measure(&Process::hub(&hub, &[]));
            let measure_floor = || case.floor.measure(&Process::floor(&floor));
            let (hub, floor): (Cost, Cost);
            if round % 2 == 0 {
                (hub, floor) = (measure_hub(), measure_floor());
            } else {
                (floor, hub) = (measure_floor(), measure_hub());
            }
            cpu.push(hub.cpu_us / floor.cpu_us);
            rate.push(hub.deliveries_per_s / floor.deliveries_per_s);
        }
        println!(
            "{}: CPU per delivery {}, deliveries a second {}",
            case.name,
            summary(cpu),
            summary(rate)
        );
    }
}

/// Median, and least and most.
fn summary(mut ratios: Vec<f64>) -> String {
    ratios.sort_by(f64::total_cmp);
    let last = ratios.len() - 1;
    let (least, median, most) = (ratios[0], ratios[last / 2], ratios[last]);
    format!("{median:.2}x the floor ({least:.2} to {most:.2})")
}
