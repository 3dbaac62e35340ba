//! Random questions from a seed.

use std::collections::BTreeSet;

use super::words::{START_MS, Words};
use super::{Full, Joiner, Step};
use crate::Verdict;

/// Subscribers from which on more leave than join.
const CROWD: usize = 64;
/// Seeds above this are not numbers to every JSON reader.
const JSON_SEED_MAX: u64 = (1 << 53) - 1;

/// `steps` questions after the `configure` that comes first. The same for the same seed, on any host.
/// Handles are dense, used again only after their `leave`, and now and then hostile: unknown,
/// absurd, or joined twice.
#[must_use]
pub fn generate(seed: u64, steps: usize) -> Vec<Step> {
    let mut generator = Generator {
        words: Words::new(seed),
        joined: BTreeSet::new(),
    };
    let mut all = vec![generator.configure(seed)];
    all.extend((0..steps).map(|_| generator.step()));
    all
}

struct Generator {
    words: Words,
    joined: BTreeSet<u32>,
}

impl Generator {
    fn configure(&mut self, seed: u64) -> Step {
        let verdict = self.words.random.pick(&Verdict::ALL).name();
        let config = match self.words.random.below(3) {
            0 => String::new(),
            1 => format!(
                "events = {}\nwhen-full = {verdict}\n",
                1 + self.words.random.below(99)
            ),
            _ => format!("when-full = \"ask\" # each time\noverflow = {verdict}\nbytes = 64KiB\n"),
        };
        Step::Configure {
            config,
            seed: seed & JSON_SEED_MAX,
            facts: Vec::new(),
        }
    }

    fn step(&mut self) -> Step {
        let crowded = self.joined.len() >= CROWD;
        match self.words.random.below(20) {
            0..=5 if !crowded => Step::Join {
                subscribers: self.some(4, Self::joiner),
            },
            0..=8 => Step::Leave {
                clients: self.some(3, Self::leaver),
            },
            9..=15 => Step::Route {
                events: self.words.events(6),
            },
            16..=18 => Step::Select {
                clients: self.some(5, Self::client),
                events: self.words.events(9),
            },
            _ => Step::Overflow {
                full: self.some(3, Self::full),
            },
        }
    }

    /// From none to `most` things.
    fn some<T>(&mut self, most: u32, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let count = self.words.up_to(most);
        (0..count).map(|_| one(self)).collect()
    }

    fn joiner(&mut self) -> Joiner {
        let client = match self.words.random.below(16) {
            0 => self.client(),
            1 => u32::MAX - self.words.random.below(9),
            _ => (0..).find(|c| !self.joined.contains(c)).unwrap_or_default(),
        };
        if client < crate::Router::CLIENTS_MAX {
            self.joined.insert(client);
        }
        Joiner {
            client,
            selectors: self.words.selectors(),
            grants: self.words.grants(),
            joined_ms: START_MS + self.words.offset,
            ..Joiner::default()
        }
    }

    fn leaver(&mut self) -> u32 {
        let client = self.client();
        self.joined.remove(&client);
        client
    }

    /// Mostly one that has joined.
    fn client(&mut self) -> u32 {
        let known: Vec<_> = self.joined.iter().copied().collect();
        if known.is_empty() || self.words.random.once_in(16) {
            return self.words.random.below(64);
        }
        *self.words.random.pick(&known)
    }

    fn full(&mut self) -> Full {
        Full {
            client: self.client(),
            offset: self.words.offset,
            events: self.words.random.below(1025),
            bytes: self.words.random.below(1 << 20),
            oldest_ms: self.words.random.below(10_000),
        }
    }
}
