//! One number for many answers.

use core::fmt;

use super::Answer;

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// One number for all answers that it was shown: 64-bit FNV-1a over each as compact JSON, in the order
/// of their fields, each followed by a line feed. Shown as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest(u64);

impl Digest {
    /// Shows it one more.
    pub fn add(&mut self, answer: &Answer) {
        let line = answer.line().into_iter().chain([b'\n']);
        self.0 = line.fold(self.0, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME)
        });
    }

    /// The number.
    #[must_use]
    pub const fn value(self) -> u64 {
        self.0
    }
}

impl Default for Digest {
    fn default() -> Self {
        Self(FNV_OFFSET)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The [`Digest`] of all these answers.
#[must_use]
pub fn digest(answers: &[Answer]) -> u64 {
    let mut digest = Digest::default();
    answers.iter().for_each(|answer| digest.add(answer));
    digest.value()
}
