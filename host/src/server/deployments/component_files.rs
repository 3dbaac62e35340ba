//! The bytes of deployed components, by digest.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::private_file;

const FOLDER: &str = "components";
const EXTENSION: &str = "wasm";

/// No setting lets a component be larger.
const COMPONENT_BYTES_MAX: u64 = 1 << 30;

/// The bytes of deployed components, by digest: files, and in memory where there are none.
pub(super) struct ComponentFiles {
    folder: Option<PathBuf>,
    /// Those that are in no file.
    held: Mutex<BTreeMap<String, Bytes>>,
}

/// The component of a digest cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ComponentFileError {
    /// It cannot be read.
    #[error("the component {digest} cannot be read: {error}")]
    Io {
        /// Its digest.
        digest: String,
        /// Why.
        error: io::Error,
    },
    /// Its bytes are others than those that were deployed.
    #[error("the file of the component {0} holds something else")]
    Changed(String),
}

impl ComponentFiles {
    /// Keeps them under `state`, where there is such a folder.
    ///
    /// # Errors
    /// Where its folder cannot be made.
    pub(super) fn open(state: Option<&Path>) -> io::Result<Self> {
        let folder = state.map(|state| state.join(FOLDER));
        if let Some(folder) = &folder {
            private_file::open_folder(folder)?;
        }
        Ok(Self {
            folder,
            held: Mutex::default(),
        })
    }

    /// Keeps `bytes`; answers whether in a file. Where that fails they are held in memory.
    pub(super) fn keep(&self, digest: &str, bytes: &Bytes) -> bool {
        if let Some(folder) = &self.folder {
            match private_file::write(folder, &file_name(digest), bytes) {
                Ok(()) => {
                    self.lock().remove(digest);
                    return true;
                }
                Err(error) => tracing::error!(digest, %error, "a component could not be kept"),
            }
        }
        self.lock().insert(digest.to_owned(), bytes.clone());
        false
    }

    /// The bytes of `digest`, which they are checked against.
    ///
    /// # Errors
    /// Where they are not there, or others.
    pub(super) fn read(&self, digest: &str) -> Result<Bytes, ComponentFileError> {
        if let Some(bytes) = self.lock().get(digest) {
            return Ok(bytes.clone());
        }
        let bytes = self
            .read_file(digest)
            .map_err(|error| ComponentFileError::Io {
                digest: digest.to_owned(),
                error,
            })?;
        if hex(&Sha256::digest(&bytes)) == digest {
            Ok(bytes.into())
        } else {
            Err(ComponentFileError::Changed(digest.to_owned()))
        }
    }

    /// Forgets all but those of these digests.
    pub(super) fn retain(&self, used: &BTreeSet<String>) {
        self.lock().retain(|digest, _| used.contains(digest));
        let Some(folder) = &self.folder else {
            return;
        };
        let names: BTreeSet<String> = used.iter().map(|digest| file_name(digest)).collect();
        let removed = folder.read_dir().and_then(|entries| {
            for entry in entries {
                let entry = entry?;
                let ours = Path::new(&entry.file_name()).extension() == Some(EXTENSION.as_ref());
                if ours && !names.contains(&*entry.file_name().to_string_lossy()) {
                    std::fs::remove_file(entry.path())?;
                }
            }
            Ok(())
        });
        if let Err(error) = removed {
            tracing::warn!(%error, "a component that nothing needs could not be removed");
        }
    }

    fn read_file(&self, digest: &str) -> io::Result<Vec<u8>> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let folder = self.folder.as_ref().ok_or_else(missing)?;
        // The digest stands in a file: it is no path of its own.
        if !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(missing());
        }
        let file = std::fs::File::open(folder.join(file_name(digest)))?;
        let mut bytes = Vec::new();
        file.take(COMPONENT_BYTES_MAX).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Bytes>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn file_name(digest: &str) -> String {
    format!("{digest}.{EXTENSION}")
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        _ = write!(text, "{byte:02x}");
        text
    })
}
