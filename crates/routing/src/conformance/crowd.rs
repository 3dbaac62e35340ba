//! Subscribers that come and go as those of a hub do.

use std::collections::BTreeMap;

use super::words::{START_MS, Words};
use super::{Entry, Event, Full, Joiner, Spelling};

/// Claims of verified tokens, the empty ones those of subscribers without a token.
const CLAIMS: [&str; 4] = [
    "",
    r#"{"sub":"é","mercure":{"subscribe":["*"]}}"#,
    r#"{"sub":"7","iat":1700000000}"#,
    "{}",
];
const AGENTS: [&str; 3] = ["curl/8", "Mozilla/5.0", ""];
const PAYLOADS: [&[u8]; 5] = [b"", b"text", br#"{"n":1,"net":"ci"}"#, b"\xff\x00", b"{"];

/// What a hub promises a policy, with random subscribers and events: handles are dense, used again only
/// after their `leave`, and none is named that is not connected.
pub(super) struct Crowd {
    words: Words,
    /// Matching languages that the policy offers.
    matchers: Vec<String>,
    present: BTreeMap<u32, Joiner>,
}

impl Crowd {
    pub(super) const fn new(seed: u64, matchers: Vec<String>) -> Self {
        Self {
            words: Words::new(seed),
            matchers,
            present: BTreeMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.present.len()
    }

    pub(super) fn has(&self, client: u32) -> bool {
        self.present.contains_key(&client)
    }

    /// Those who are there, by their handles.
    pub(super) fn present(&self) -> impl Iterator<Item = &Joiner> {
        self.present.values()
    }

    /// A number below `bound`, which is not 0.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        self.words.random.below(bound)
    }

    /// From one to `most` who want to join.
    pub(super) fn arrivals(&mut self, most: u32) -> Vec<Joiner> {
        let count = 1 + self.below(most);
        let free: Vec<u32> = (0..)
            .filter(|c| !self.has(*c))
            .take(count as usize)
            .collect();
        free.into_iter().map(|client| self.joiner(client)).collect()
    }

    /// What was answered to those: who was refused has not joined.
    pub(super) fn answered(&mut self, joiners: Vec<Joiner>, entries: &[Entry]) {
        let admitted = joiners.into_iter().zip(entries);
        let admitted = admitted.filter(|(_, entry)| matches!(entry, Entry::Mailbox { .. }));
        self.present.extend(admitted.map(|(j, _)| (j.client, j)));
    }

    /// At most `most` who are gone from now on.
    pub(super) fn departures(&mut self, most: u32) -> Vec<u32> {
        let gone = self.some(most);
        for client in &gone {
            self.present.remove(client);
        }
        gone
    }

    /// At most `most` of those who are there, each once.
    pub(super) fn some(&mut self, most: u32) -> Vec<u32> {
        let mut clients: Vec<u32> = self.present.keys().copied().collect();
        let count = self.words.up_to(most) as usize;
        while clients.len() > count {
            let at = self
                .words
                .random
                .below(u32::try_from(clients.len()).unwrap_or(u32::MAX));
            clients.swap_remove(at as usize);
        }
        clients
    }

    /// From one to `most` events, with all that an event can have.
    pub(super) fn events(&mut self, most: u32) -> Vec<Event> {
        let count = 1 + self.below(most);
        (0..count).map(|_| self.event()).collect()
    }

    /// Full mailboxes of at most `most`, who were all to get the last of `batch`.
    pub(super) fn full(&mut self, most: u32, batch: &[Event]) -> Vec<Full> {
        let offset = batch.last().map_or(0, |event| event.offset);
        let clients = self.some(most);
        let full = clients.into_iter().map(|client| Full {
            client,
            offset,
            events: self.words.random.below(1025),
            bytes: self.words.random.below(1 << 20),
            oldest_ms: self.words.random.below(10_000),
        });
        full.collect()
    }

    fn joiner(&mut self, client: u32) -> Joiner {
        let mut selectors = self.words.selectors();
        if !self.matchers.is_empty() && self.words.random.once_in(2) {
            let matcher = self.words.random.pick(&self.matchers);
            let matcher = matcher.clone();
            selectors.push(Spelling::new(&matcher, &self.words.topic()));
        }
        Joiner {
            client,
            selectors,
            grants: self.words.grants(),
            claims: (*self.words.random.pick(&CLAIMS)).to_owned(),
            attributes: vec![(
                "user-agent".to_owned(),
                (*self.words.random.pick(&AGENTS)).to_owned(),
            )],
            joined_ms: START_MS + self.words.offset,
        }
    }

    fn event(&mut self) -> Event {
        let mut event = self.words.event();
        let data = self.words.random.pick(&PAYLOADS).to_vec();
        event.size = u32::try_from(data.len()).unwrap_or(u32::MAX);
        event.id = format!("urn:uuid:{}", event.offset);
        event.data = Some(data);
        event
    }
}
