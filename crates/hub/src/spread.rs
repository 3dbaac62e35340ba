//! Spreading things that would otherwise happen all at once.

use std::hash::{DefaultHasher, Hash, Hasher};

/// A seed for what is spread over those of one tenant on one shard. Serials begin anew there: with the seed
/// of the hub alone, the first subscribers of all tenants would have everything at the same time.
pub(crate) fn seed_of(seed: u64, tenant: &str, shard: usize) -> u64 {
    let mut hasher = DefaultHasher::new();
    (seed, tenant, shard).hash(&mut hasher);
    hasher.finish()
}

/// A number below `range` that depends on `seed` and `serial` alone, even over serials (SplitMix64).
pub(crate) fn spread(seed: u64, serial: u64, range: u64) -> u64 {
    let mut z = seed.wrapping_add(serial.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % range.max(1)
}
