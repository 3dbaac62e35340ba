//! Random questions from a seed.

use std::collections::BTreeSet;

use super::splitmix::SplitMix;
use super::{Event, Full, Joiner, Spelling, Step};
use crate::Verdict;

/// Subscribers from which on more leave than join.
const CROWD: usize = 64;
/// What the host's clock says at the first step; any will do.
const START_MS: u64 = 1_700_000_000_000;
/// Seeds above this are not numbers to every JSON reader.
const JSON_SEED_MAX: u64 = (1 << 53) - 1;

const HOSTS: [&str; 3] = ["https://a.example", "https://b.example/é", "urn:c"];
const WORDS: [&str; 6] = ["1", "2", "books", "books/1", "a b", "%C3%A9"];
const TEMPLATES: [&str; 9] = [
    "{h}",
    "{h}/{x}",
    "{h}/books/{x}",
    "{h}/{x}/1",
    "{h}/{+x}",
    "{h}{/x,y}",
    "{h}/{x}{?y}",
    "{+x}",
    "{h}/{x",
];

/// `steps` questions after the `configure` that comes first. The same for the same seed, on any host.
/// Handles are dense, used again only after their `leave`, and now and then hostile: unknown,
/// absurd, or joined twice.
#[must_use]
pub fn generate(seed: u64, steps: usize) -> Vec<Step> {
    let mut generator = Generator {
        random: SplitMix(seed),
        joined: BTreeSet::new(),
        offset: 0,
    };
    let mut all = vec![generator.configure(seed)];
    all.extend((0..steps).map(|_| generator.step()));
    all
}

struct Generator {
    random: SplitMix,
    joined: BTreeSet<u32>,
    offset: u64,
}

impl Generator {
    fn configure(&mut self, seed: u64) -> Step {
        let verdict = self.random.pick(&Verdict::ALL).name();
        let config = match self.random.below(3) {
            0 => String::new(),
            1 => format!(
                "events = {}\nwhen-full = {verdict}\n",
                1 + self.random.below(99)
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
        match self.random.below(20) {
            0..=5 if !crowded => Step::Join {
                subscribers: self.some(4, Self::joiner),
            },
            0..=8 => Step::Leave {
                clients: self.some(3, Self::leaver),
            },
            9..=15 => Step::Route {
                events: self.some(6, Self::event),
            },
            16..=18 => Step::Select {
                clients: self.some(5, Self::client),
                events: self.some(9, Self::event),
            },
            _ => Step::Overflow {
                full: self.some(3, Self::full),
            },
        }
    }

    /// From none to `most` things.
    fn some<T>(&mut self, most: u32, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        (0..self.random.below(most + 1))
            .map(|_| one(self))
            .collect()
    }

    fn joiner(&mut self) -> Joiner {
        let client = match self.random.below(16) {
            0 => self.client(),
            1 => u32::MAX - self.random.below(9),
            _ => (0..).find(|c| !self.joined.contains(c)).unwrap_or_default(),
        };
        if client < crate::Router::CLIENTS_MAX {
            self.joined.insert(client);
        }
        let first = self.selector();
        let more = if self.random.once_in(2) {
            self.some(5, Self::selector)
        } else {
            Vec::new()
        };
        Joiner {
            client,
            selectors: std::iter::once(first).chain(more).collect(),
            grants: self.some(1, Self::selector),
            joined_ms: START_MS + self.offset,
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
        if known.is_empty() || self.random.once_in(16) {
            return self.random.below(64);
        }
        *self.random.pick(&known)
    }

    fn selector(&mut self) -> Spelling {
        let host = *self.random.pick(&HOSTS);
        match self.random.below(16) {
            0 => Spelling::new("uri-template", "*"),
            1 => Spelling::new("exact", "*"),
            2 => Spelling::new("exact", &self.template(host)),
            3 => Spelling::new("glob", &self.topic()),
            4..=6 => Spelling::new("exact", &self.topic()),
            7..=9 => Spelling::new("uri-template", &self.topic()),
            _ => Spelling::new("uri-template", &self.template(host)),
        }
    }

    fn template(&mut self, host: &str) -> String {
        self.random.pick(&TEMPLATES).replace("{h}", host)
    }

    fn topic(&mut self) -> String {
        let (host, word) = (*self.random.pick(&HOSTS), *self.random.pick(&WORDS));
        match self.random.below(12) {
            0 => host.to_owned(),
            1 => format!("{host}/{word}?y={}", self.random.pick(&WORDS)),
            2..=4 => format!("{host}/{word}/{}", self.random.pick(&WORDS)),
            _ => format!("{host}/{word}"),
        }
    }

    fn event(&mut self) -> Event {
        self.offset += 1;
        let first = self.topic();
        let more = if self.random.once_in(3) {
            self.some(3, Self::topic)
        } else {
            Vec::new()
        };
        Event {
            offset: self.offset,
            topics: std::iter::once(first).chain(more).collect(),
            kind: self.random.once_in(4).then(|| "kind".to_owned()),
            private: self.random.once_in(4),
            accepted_ms: START_MS + self.offset,
            size: self.random.below(1000),
            ..Event::default()
        }
    }

    fn full(&mut self) -> Full {
        Full {
            client: self.client(),
            offset: self.offset,
            events: self.random.below(1025),
            bytes: self.random.below(1 << 20),
            oldest_ms: self.random.below(10_000),
        }
    }
}
