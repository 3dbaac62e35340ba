//! A small deterministic generator of numbers.

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed on every host.
pub(super) struct SplitMix(pub(super) u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is not 0. The bias is of no consequence here.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let scaled = u64::from(bound) * (self.next() >> 32);
        u32::try_from(scaled >> 32).unwrap_or_default()
    }

    /// Whether something that happens once in `n` times happens now.
    pub(super) fn once_in(&mut self, n: u32) -> bool {
        self.below(n) == 0
    }

    /// One of `items`, which are not none.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let bound = u32::try_from(items.len()).unwrap_or(u32::MAX);
        &items[self.below(bound) as usize]
    }
}
