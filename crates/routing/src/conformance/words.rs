//! What random subscribers ask for, and what random events are about.

use super::splitmix::SplitMix;
use super::{Event, Spelling};

/// What the host's clock says at the first step; any will do.
pub(super) const START_MS: u64 = 1_700_000_000_000;

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

/// Draws selectors, topics and events. There are few of each, so that they meet.
pub(super) struct Words {
    pub(super) random: SplitMix,
    /// The place of the latest event.
    pub(super) offset: u64,
}

impl Words {
    pub(super) const fn new(seed: u64) -> Self {
        Self {
            random: SplitMix(seed),
            offset: 0,
        }
    }

    /// A number from none to `most`.
    pub(super) fn up_to(&mut self, most: u32) -> u32 {
        self.random.below(most + 1)
    }

    /// What a subscriber asks for: at least one.
    pub(super) fn selectors(&mut self) -> Vec<Spelling> {
        let first = self.selector();
        let more = if self.random.once_in(2) {
            self.up_to(5)
        } else {
            0
        };
        let more = (0..more).map(|_| self.selector());
        std::iter::once(first).chain(more).collect()
    }

    /// What a subscriber may receive of private events.
    pub(super) fn grants(&mut self) -> Vec<Spelling> {
        let count = self.up_to(1);
        (0..count).map(|_| self.selector()).collect()
    }

    /// From none to `most` events.
    pub(super) fn events(&mut self, most: u32) -> Vec<Event> {
        let count = self.up_to(most);
        (0..count).map(|_| self.event()).collect()
    }

    /// The next event of the log.
    pub(super) fn event(&mut self) -> Event {
        self.offset += 1;
        let first = self.topic();
        let more = if self.random.once_in(3) {
            self.up_to(3)
        } else {
            0
        };
        let more = (0..more).map(|_| self.topic());
        let topics = std::iter::once(first).chain(more).collect();
        Event {
            offset: self.offset,
            topics,
            kind: self.random.once_in(4).then(|| "kind".to_owned()),
            private: self.random.once_in(4),
            accepted_ms: START_MS + self.offset,
            size: self.random.below(1000),
            ..Event::default()
        }
    }

    pub(super) fn selector(&mut self) -> Spelling {
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

    pub(super) fn topic(&mut self) -> String {
        let (host, word) = (*self.random.pick(&HOSTS), *self.random.pick(&WORDS));
        match self.random.below(12) {
            0 => host.to_owned(),
            1 => format!("{host}/{word}?y={}", self.random.pick(&WORDS)),
            2..=4 => format!("{host}/{word}/{}", self.random.pick(&WORDS)),
            _ => format!("{host}/{word}"),
        }
    }
}
