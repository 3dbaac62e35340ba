//! What a component that misbehaves costs the other tenants of its shard: `cargo xtask hostile`, or `cargo run
//! --release -p umbel --example hostile -- HUB [--short]` with the program of the hub.
//!
//! One neighbour with a crowd of subscribers and a steady publisher; beside it, on the same shard, a tenant with a
//! hostile component, who publishes as well. The neighbour's latencies count from the time at which an event
//! was due. Ends with 1 where a promise is not kept.

#[path = "../../../tests/guests/hostile.rs"]
#[expect(dead_code, reason = "one kind of guest is enough here")]
mod guests;
mod intruder;
mod neighbour;
#[path = "../delivering/process.rs"]
#[expect(dead_code, reason = "nothing is compared with the floor here")]
mod process;
#[path = "../delivering/publisher.rs"]
mod publisher;
mod stream;

use std::process::ExitCode;
use std::time::Duration;

use tokio::task::LocalSet;

use crate::intruder::Intruder;
use crate::neighbour::Neighbour;
use crate::process::Process;

/// One idea each, that costs the shard as much as it can; the first two are the short form.
const GUESTS: [&str; 9] = [
    "loop_in_route",
    "memory_bomb",
    "loop_in_join",
    "loop_in_post_return",
    "trap_in_route",
    "deep_recursion",
    "hundred_megabyte_answer",
    "lying_list",
    "million_handles",
];
/// How long a call may take, by default.
const DEADLINE: Duration = Duration::from_millis(10);
/// What p99 may be of the baseline while the breaker is open.
const OPEN_MAX: f64 = 1.2;
/// What a tenant may take of a shard, by default.
const SHARE: f64 = 0.25;

/// For how long the neighbour is looked at: alone, while faults come one after the other, and once the
/// breaker is open.
const ALONE: Duration = Duration::from_secs(4);
const AT_WORK: Duration = Duration::from_secs(2);
const OPENING: Duration = Duration::from_secs(1);
const OPEN: Duration = Duration::from_secs(4);
/// Rounds of each; their median counts.
const ROUNDS: usize = 3;

/// The neighbour's p99 in milliseconds.
struct Latencies {
    alone: f64,
    at_work: f64,
    open: f64,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let hub = arguments.next().expect("which program? HUB [--short]");
    let short = arguments.next().is_some_and(|word| word == "--short");
    let (guests, rounds) = if short {
        (2, 1)
    } else {
        (GUESTS.len(), ROUNDS)
    };
    println!(
        "| component | p99 of the neighbour alone | faults | breaker open |\n|---|---|---|---|"
    );
    let mut kept = true;
    for guest in &GUESTS[..guests] {
        let rounds: Vec<Latencies> = (0..rounds).map(|_| latencies(&hub, guest)).collect();
        let alone = median(rounds.iter().map(|r| r.alone));
        let later = median(rounds.iter().map(|r| r.at_work - r.alone));
        let open = median(rounds.iter().map(|r| r.open / r.alone));
        println!("| {guest} | {alone:.2} ms | {later:+.2} ms | {open:.2}x |");
        kept &= later <= DEADLINE.as_secs_f64() * 1e3 && open <= OPEN_MAX;
    }
    let lost = median((0..rounds).map(|_| lost_to_a_burner(&hub)));
    println!("a tenant that burns all it may takes {lost:.2} of the neighbour's deliveries");
    kept &= lost <= SHARE;
    match kept {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!("not kept: at most {DEADLINE:?} more, {OPEN_MAX}x, and {SHARE} less");
            ExitCode::FAILURE
        }
    }
}

/// What the neighbour of a component waits.
fn latencies(hub: &str, guest: &str) -> Latencies {
    beside(hub, guest, "", async |neighbour, intruder| {
        let alone = neighbour.p99_ms(ALONE).await;
        intruder.begin(100).await;
        let at_work = neighbour.p99_ms(AT_WORK).await;
        neighbour.p99_ms(OPENING).await;
        let open = neighbour.p99_ms(OPEN).await;
        Latencies {
            alone,
            at_work,
            open,
        }
    })
}

/// What part of its deliveries the neighbour loses where the other tenant uses all that it may, against one
/// that publishes as much and uses next to nothing. A share is one of a shard's time, so this is a part of
/// what the neighbour gets through the shard alone.
fn lost_to_a_burner(hub: &str) -> f64 {
    // Rounds of a call, in thousands: some milliseconds of its ten, and next to none.
    let [(_, burning), (alone, modest)] = ["10000", "1"].map(|thousands| {
        beside(
            hub,
            "slow_but_legal",
            thousands,
            async |neighbour, intruder| {
                let alone = neighbour.deliveries(ALONE).await;
                intruder.begin(500).await;
                neighbour.deliveries(OPENING).await;
                (alone, neighbour.deliveries(ALONE).await)
            },
        )
    });
    (modest - burning) / alone
}

/// Starts a hub with the two tenants, and measures.
fn beside<T>(
    hub: &str,
    guest: &str,
    config: &str,
    measure: impl AsyncFnOnce(&Neighbour, &Intruder) -> T,
) -> T {
    let dir = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(
        dir.path().join("guest.wasm"),
        guests::guest_over("broadcast", "dispatcher", guest),
    )
    .expect("writes");
    let text = format!(
        "[[tenant]]\nname = \"neighbour\"\n[[tenant]]\nname = \"intruder\"\n\
         [tenant.policy]\ncomponent = \"guest.wasm\"\nconfig = \"{config}\"\n"
    );
    let file = dir.path().join("umbel.toml");
    std::fs::write(&file, text).expect("writes");
    let process = Process::hub(hub, &["--config", file.to_str().expect("text")]);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    LocalSet::new().block_on(&runtime, async {
        let neighbour = Neighbour::settle(process.address).await;
        measure(&neighbour, &Intruder::new(process.address)).await
    })
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
