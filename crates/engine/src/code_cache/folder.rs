//! The folder that compiled code is kept in.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::process::geteuid;

use super::private_file::{self, Refused};

/// Files at most, and bytes of all of them: then what was used longest ago is removed.
const FILES_MAX: usize = 64;
const BYTES_MAX: u64 = 2 << 30;

/// Bytes of one file.
const FILE_BYTES_MAX: usize = 512 << 20;

/// For this user alone.
const MODE: u32 = 0o700;

/// A folder of this user alone, which never holds more than so much.
pub(super) struct Folder(PathBuf);

/// A file in it.
struct Kept {
    path: PathBuf,
    used: SystemTime,
    bytes: u64,
}

impl Folder {
    /// The folder `path`, which is made where it is missing.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(MODE).create(path)?;
        let facts = fs::symlink_metadata(path)?;
        if !facts.is_dir() || facts.uid() != geteuid().as_raw() {
            return Err(io::Error::other(format!(
                "{} is not a folder of this user",
                path.display()
            )));
        }
        if facts.mode() & private_file::SECRET != 0 {
            tracing::warn!(folder = %path.display(), "others could reach compiled code: closed to them");
            fs::set_permissions(path, Permissions::from_mode(MODE))?;
        }
        Ok(Self(path.to_owned()))
    }

    /// The file `name`, as far as nobody else can have written it.
    pub(super) fn read(&self, name: &str) -> Option<Vec<u8>> {
        match private_file::read(&self.0.join(name), FILE_BYTES_MAX, private_file::UNTOUCHED) {
            Ok(bytes) => Some(bytes),
            Err(Refused::Io(error)) if error.kind() == io::ErrorKind::NotFound => None,
            Err(reason) => {
                tracing::warn!(file = name, %reason, "compiled code is refused: compiling anew");
                None
            }
        }
    }

    /// Keeps `bytes` as `name`, and removes what was used longest ago where there is too much.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) {
        let done = private_file::write(&self.0.join(name), bytes).and_then(|()| self.trim());
        if let Err(error) = done {
            tracing::warn!(file = name, %error, "compiled code could not be kept");
        }
    }

    fn trim(&self) -> io::Result<()> {
        let mut kept = self.files()?;
        kept.sort_by_key(|file| std::cmp::Reverse(file.used));
        let mut total = 0_u64;
        for (place, file) in kept.into_iter().enumerate() {
            total = total.saturating_add(file.bytes);
            // The one just written stays, however large.
            if place > 0 && (place >= FILES_MAX || total > BYTES_MAX) {
                fs::remove_file(file.path)?;
            }
        }
        Ok(())
    }

    fn files(&self) -> io::Result<Vec<Kept>> {
        let mut kept = Vec::new();
        for found in fs::read_dir(&self.0)? {
            let found = found?;
            let facts = match found.metadata() {
                // Another process of this hub was faster.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                facts => facts?,
            };
            if !facts.is_dir() {
                kept.push(Kept {
                    path: found.path(),
                    used: facts.modified()?,
                    bytes: facts.len(),
                });
            }
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FILES_MAX, Folder};

    #[test]
    fn what_was_used_longest_ago_is_removed_first() {
        let state = tempfile::tempdir().unwrap();
        let folder = Folder::open(&state.path().join("compiled")).unwrap();
        let name = |n: usize| format!("{n}.cwasm");
        for n in 0..FILES_MAX {
            folder.write(&name(n), b"code");
            // Clocks of file systems are coarse.
            let file = std::fs::File::open(state.path().join("compiled").join(name(n))).unwrap();
            let before = std::time::SystemTime::now() - Duration::from_secs(1_000 - n as u64);
            file.set_modified(before).unwrap();
        }
        assert_eq!(folder.files().unwrap().len(), FILES_MAX);
        assert!(folder.read(&name(0)).is_some());
        folder.write("one-more", b"code");
        folder.write("and-another", b"code");
        assert_eq!(folder.files().unwrap().len(), FILES_MAX);
        for (n, kept) in [(0, true), (1, false), (2, false), (3, true)] {
            assert_eq!(folder.read(&name(n)).is_some(), kept, "{n}");
        }
        assert!(folder.read("and-another").is_some());
    }
}
