//! Spreading things that would otherwise happen all at once.

/// A number below `range` that depends on `seed` and `serial` alone, even over serials (SplitMix64).
pub(crate) fn spread(seed: u64, serial: u64, range: u64) -> u64 {
    let mut z = seed.wrapping_add(serial.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (z ^ (z >> 31)) % range.max(1)
}
