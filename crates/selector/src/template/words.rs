//! Where the bits of a topic are kept.

use alloc::vec;
use alloc::vec::Vec;

/// So many words: a few in place for the topics that are usual, which then cost no allocation, or any
/// number.
pub(super) trait Words: Clone + AsRef<[u64]> + AsMut<[u64]> {
    /// At least `count` words, none of their bits set.
    fn zeros(count: usize) -> Self;
}

impl<const N: usize> Words for [u64; N] {
    fn zeros(count: usize) -> Self {
        debug_assert!(count <= N, "{count} words in {N}");
        [0; N]
    }
}

impl Words for Vec<u64> {
    fn zeros(count: usize) -> Self {
        vec![0; count]
    }
}
