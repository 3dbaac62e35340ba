//! The code of one component for one engine, as a file.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::key::Key;
use crate::hex::hex;

/// What the key is used for, so that a tag means nothing anywhere else.
const PURPOSE: &[u8] = b"umbel compiled code 1";

/// Bytes of a tag.
const TAG_BYTES: usize = 32;

/// Which code it is: a file has a tag, which says that the code in it is this one, and then the code.
pub(super) struct Entry {
    component: [u8; 32],
    engine: [u8; 32],
}

impl Entry {
    /// The code of `component` for an engine of the hash `engine`.
    pub(super) fn new(component: &[u8], engine: [u8; 32]) -> Self {
        Self {
            component: Sha256::digest(component).into(),
            engine,
        }
    }

    pub(super) fn name(&self) -> String {
        format!("{}-{}.cwasm", hex(&self.component), hex(&self.engine))
    }

    /// A file that holds `code`.
    pub(super) fn seal(&self, key: &Key, code: &[u8]) -> Vec<u8> {
        let tag = self.mac(key, code).finalize().into_bytes();
        let mut file = Vec::with_capacity(TAG_BYTES + code.len());
        file.extend_from_slice(&tag);
        file.extend_from_slice(code);
        file
    }

    /// The code in `file`; none unless [`Self::seal`] made it with the same key.
    pub(super) fn open(&self, key: &Key, mut file: Vec<u8>) -> Option<Vec<u8>> {
        let (tag, code) = file.split_at_checked(TAG_BYTES)?;
        self.mac(key, code).verify_slice(tag).ok()?;
        file.drain(..TAG_BYTES);
        Some(file)
    }

    fn mac(&self, key: &Key, code: &[u8]) -> Hmac<Sha256> {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(key.bytes()).expect("HMAC takes keys of any length");
        // All but the last have fixed lengths, so no two entries are the same text.
        for part in [PURPOSE, &self.component, &self.engine, code] {
            mac.update(part);
        }
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::Entry;
    use crate::code_cache::key::Key;

    #[test]
    fn what_was_sealed_is_opened_as_the_same_entry_with_the_same_key_alone() {
        let key = Key::of([1; 32]);
        let entry = Entry::new(b"component", [2; 32]);
        let file = entry.seal(&key, b"code");
        let opens = |entry: &Entry, key: &Key, file: &[u8]| entry.open(key, file.to_vec());
        assert_eq!(opens(&entry, &key, &file).as_deref(), Some(&b"code"[..]));
        assert_eq!(opens(&entry, &Key::of([3; 32]), &file), None);
        assert_eq!(opens(&Entry::new(b"other", [2; 32]), &key, &file), None);
        assert_eq!(opens(&Entry::new(b"component", [4; 32]), &key, &file), None);
        for at in 0..file.len() {
            let mut touched = file.clone();
            touched[at] ^= 1;
            assert_eq!(opens(&entry, &key, &touched), None, "byte {at}");
            assert_eq!(opens(&entry, &key, &file[..at]), None, "cut at {at}");
        }
    }
}
