//! Who is in an audience already.

use crate::Client;

const WORD_BITS: usize = u64::BITS as usize;

/// Who is in an audience already: a bit for each client, all clear between two audiences. A bit rather
/// than a stamp keeps 100,000 clients within 13 kB, which stay in the first cache.
#[derive(Default)]
pub(super) struct Seen {
    words: Vec<u64>,
}

impl Seen {
    /// Notes `client`, and says whether it is new.
    pub(super) fn insert(&mut self, client: Client) -> bool {
        let (place, bit) = (
            client.index() / WORD_BITS,
            1 << (client.index() % WORD_BITS),
        );
        let Some(word) = self.words.get_mut(place) else {
            self.words.resize(place + 1, 0);
            self.words[place] = bit;
            return true;
        };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Forgets everyone; `audience` is all who were noted.
    pub(super) fn clear(&mut self, audience: &[Client]) {
        if audience.len() > self.words.len() {
            self.words.fill(0);
            return;
        }
        for client in audience {
            self.words[client.index() / WORD_BITS] = 0;
        }
    }
}
