//! Replay and catch-up under publishing: clients that cut, stop and resume at random.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::rig::{Policy, Publisher, Server, Subscriber, Version, run_over};

/// Clients over the version that most have, and over each of the others.
const CLIENTS: u64 = 500;
const CLIENTS_OTHERWISE: u64 = 150;
const EVENTS: u64 = 3_000;

/// A small generator of its own, so that a seed means the same everywhere (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, range: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % range
    }
}

/// The seed: from the environment to repeat a run, else from the clock. Printed either way.
fn seed() -> u64 {
    let given = std::env::var("UMBEL_TEST_SEED")
        .ok()
        .and_then(|s| s.parse().ok());
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    let seed = given.unwrap_or(now.as_secs());
    println!("UMBEL_TEST_SEED={seed}");
    seed
}

/// Reads every event there is, in order and once, through cuts and stops.
async fn restless(server: Arc<Server>, client: u64, seed: u64) {
    let mut dice = Dice(seed ^ (client << 32));
    let mut next = 0;
    let mut last_id: Option<String> = None;
    while next < EVENTS {
        let resume: Vec<String> = match &last_id {
            Some(id) => vec![format!("Last-Event-ID: {id}")],
            None => vec!["Last-Event-ID: earliest".into()],
        };
        let mut stream = Subscriber::with(server.hub, &["t{n}"], &resume).await;
        for _ in 0..=dice.below(EVENTS / 2) {
            if next == EVENTS {
                break;
            }
            if dice.below(400) == 0 {
                tokio::time::sleep(Duration::from_millis(dice.below(60))).await;
            }
            let message = stream.next().await.expect("the stream goes on");
            assert_eq!(message.kind, "message", "client {client}: {}", message.data);
            let number: u64 = message.data.trim().parse().expect("a number");
            assert_eq!(
                number, next,
                "client {client}: a gap, a duplicate, or out of order"
            );
            last_id = message.id.as_deref().map(str::to_owned);
            next += 1;
        }
    }
}

async fn nobody_misses_anything(policy: Policy) {
    let seed = seed();
    let config = "[mailbox]\nevents = 16\nwhen-full = \"catch-up\"\n";
    let server = Arc::new(Server::with(policy, config));
    let mut publisher = Publisher::connect(server.hub).await;
    publisher.publish("t0", "0").await;
    let clients = match Version::current() {
        Version::Http11 => CLIENTS,
        Version::Http10 | Version::Http2 => CLIENTS_OTHERWISE,
    };
    let clients: Vec<_> = (0..clients)
        .map(|client| tokio::spawn(restless(Arc::clone(&server), client, seed)))
        .collect();
    for n in 1..EVENTS {
        // Padded, so that whoever stops reading soon fills its socket and its mailbox.
        publisher
            .publish(&format!("t{n}"), &format!("{n}{:400}", ""))
            .await;
        if n % 4 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    for client in clients {
        client.await.expect("no gap, no duplicate, order kept");
    }
}

#[test]
fn clients_that_cut_stop_and_resume_miss_nothing_under_the_wasm_policy() {
    run_over(&[Version::Http11, Version::Http2], async || {
        nobody_misses_anything(Policy::Wasm).await;
    });
}

#[test]
fn clients_that_cut_stop_and_resume_miss_nothing_under_the_native_policy() {
    run_over(&[Version::Http11, Version::Http10], async || {
        nobody_misses_anything(Policy::Native).await;
    });
}
