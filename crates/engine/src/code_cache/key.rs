//! The key that only this hub knows.

use std::io;
use std::path::Path;

use super::private_file::{self, Refused};

/// Bytes of the key.
const KEY_BYTES: usize = 32;

/// The key: whoever knows it could have the hub run any machine code.
pub(super) struct Key([u8; KEY_BYTES]);

impl Key {
    /// The key in `file`. Where there is none, or one that others may know or have written, a new one is
    /// drawn, which makes what was kept under the other worthless.
    pub(super) fn open(file: &Path) -> io::Result<Self> {
        let read = private_file::read(file, KEY_BYTES, private_file::SECRET)
            .and_then(|bytes| bytes.try_into().map_err(|_| Refused::Length));
        match read {
            Ok(bytes) => return Ok(Self(bytes)),
            Err(Refused::Io(error)) if error.kind() == io::ErrorKind::NotFound => {}
            Err(Refused::Io(error)) => return Err(error),
            Err(reason) => {
                let file = file.display();
                tracing::warn!(%file, %reason, "the key of compiled code is refused: drawing a new one");
            }
        }
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        private_file::write(file, &bytes)?;
        Ok(Self(bytes))
    }

    #[cfg(test)]
    pub(super) const fn of(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    pub(super) const fn bytes(&self) -> &[u8] {
        &self.0
    }
}
