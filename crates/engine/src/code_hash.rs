//! All that decides what code looks like, as one number.

use std::hash::{Hash, Hasher};

use sha2::{Digest, Sha256};

/// Stands for the version of wasmtime, its settings, and the processor: code of engines with the same
/// one can be exchanged.
pub(crate) fn code_hash(engine: &wasmtime::Engine) -> [u8; 32] {
    let mut hasher = Sha256Hasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.0.finalize().into()
}

/// SHA-256 behind the trait that wasmtime asks for, whose own 64 bits would not do for a file's name.
struct Sha256Hasher(Sha256);

impl Hasher for Sha256Hasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest: [u8; 32] = self.0.clone().finalize().into();
        u64::from_le_bytes(std::array::from_fn(|n| digest[n]))
    }
}

#[cfg(test)]
mod tests {
    use super::code_hash;
    use crate::{config, pool};

    #[test]
    fn engines_with_and_without_a_pool_exchange_code_and_others_do_not() {
        let engine = |config: &wasmtime::Config| wasmtime::Engine::new(config).unwrap();
        let plain = engine(&config::base());
        let mut pooled = config::base();
        pooled.allocation_strategy(pool::pool(8));
        assert_eq!(code_hash(&plain), code_hash(&engine(&pooled)));
        let mut other = config::base();
        other.cranelift_opt_level(wasmtime::OptLevel::None);
        assert_ne!(code_hash(&plain), code_hash(&engine(&other)));
    }
}
