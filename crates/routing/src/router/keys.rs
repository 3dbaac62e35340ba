//! Keyed hashing of topics.

use siphasher::sip::SipHasher13;

/// Hashes topics and selectors under a key: both are chosen by strangers, who must not be able to
/// choose them so that they collide.
#[derive(Clone, Copy)]
pub(super) struct Keys(SipHasher13);

/// Makes the second half of the key differ from the first; any constant would do.
const SECOND_HALF: u64 = 0x9e37_79b9_7f4a_7c15;

impl Keys {
    pub(super) fn new(seed: u64) -> Self {
        Self(SipHasher13::new_with_keys(
            seed,
            seed.rotate_left(32) ^ SECOND_HALF,
        ))
    }

    pub(super) fn hash(&self, text: &str) -> u64 {
        self.0.hash(text.as_bytes())
    }
}
