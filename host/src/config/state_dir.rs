//! `state-dir`: where the hub keeps what outlives it.

use std::fs::{DirBuilder, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// What is kept may be code that the hub runs: for its own account alone.
const MODE: u32 = 0o700;

/// Whoever else may write.
const OTHERS_WRITE: u32 = 0o022;

/// A folder that this process alone may write to. A temporary one goes with it.
#[derive(Debug)]
pub struct StateDir {
    path: PathBuf,
    temporary: bool,
}

/// Why a folder cannot hold the state.
#[derive(Debug, thiserror::Error)]
pub enum StateDirError {
    /// It cannot be made or looked at.
    #[error("{} cannot be used: {error}", .path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// There is something else of that name.
    #[error("{} is no folder", .0.display())]
    NotAFolder(PathBuf),
    /// Others could put something into it.
    #[error("others may write to {} (mode {mode:o})", .path.display())]
    Writable {
        /// The folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// Somebody else could change what is in it.
    #[error("{} belongs to somebody else (user {owner})", .path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
        /// The id of its owner.
        owner: u32,
    },
}

impl StateDir {
    /// The folder `path`, which is made where it is not there.
    ///
    /// # Errors
    /// Where it cannot be made, or others could write to it.
    pub fn open(path: &Path) -> Result<Self, StateDirError> {
        let made = DirBuilder::new().recursive(true).mode(MODE).create(path);
        made.or_else(|error| match error.kind() {
            // Something else has the name: the check says so.
            ErrorKind::AlreadyExists => Ok(()),
            _ => Err(io_error(path, error)),
        })?;
        Self::check(path)?;
        let (path, temporary) = (path.to_owned(), false);
        Ok(Self { path, temporary })
    }

    /// A new folder among the temporary ones of the system, removed with all that is in it when this is
    /// dropped.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn temporary() -> Result<Self, StateDirError> {
        let path = std::env::temp_dir().join(format!("umbel-{}", uuid::Uuid::new_v4()));
        let made = DirBuilder::new().mode(MODE).create(&path);
        made.map_err(|error| io_error(&path, error))?;
        let temporary = true;
        Ok(Self { path, temporary })
    }

    /// Whether `path` could be opened, as far as that shows without making it.
    ///
    /// # Errors
    /// Where it is there, and is no folder or others could write to it.
    pub fn check(path: &Path) -> Result<(), StateDirError> {
        match std::fs::metadata(path) {
            Ok(found) => check_metadata(path, &found),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(io_error(path, error)),
        }
    }

    /// Whether it goes with the process.
    pub fn is_temporary(&self) -> bool {
        self.temporary
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for StateDir {
    fn drop(&mut self) {
        if !self.temporary {
            return;
        }
        if let Err(error) = std::fs::remove_dir_all(&self.path) {
            let path = self.path.display();
            tracing::warn!(%path, %error, "the temporary folder could not be removed");
        }
    }
}

fn check_metadata(path: &Path, found: &Metadata) -> Result<(), StateDirError> {
    let (path, mode, owner) = (path.to_owned(), found.mode() & 0o7777, found.uid());
    let ours = owner == rustix::process::geteuid().as_raw() || owner == 0;
    if !found.is_dir() {
        Err(StateDirError::NotAFolder(path))
    } else if mode & OTHERS_WRITE != 0 {
        Err(StateDirError::Writable { path, mode })
    } else if !ours {
        Err(StateDirError::Foreign { path, owner })
    } else {
        Ok(())
    }
}

fn io_error(path: &Path, error: io::Error) -> StateDirError {
    let path = path.to_owned();
    StateDirError::Io { path, error }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::{StateDir, StateDirError};

    #[test]
    fn a_temporary_folder_is_private_and_goes_with_its_owner() {
        let folder = StateDir::temporary().unwrap();
        let path = folder.path().to_owned();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o700
        );
        fs::write(path.join("something"), "kept").unwrap();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn a_folder_is_made_private_and_stays() {
        let around = StateDir::temporary().unwrap();
        let path = around.path().join("a/b");
        StateDir::check(&path).unwrap();
        assert!(!path.exists(), "checking makes nothing");
        drop(StateDir::open(&path).unwrap());
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o700
        );
        StateDir::open(&path).unwrap();
    }

    #[test]
    fn a_folder_that_others_may_write_to_is_refused() {
        let around = StateDir::temporary().unwrap();
        let path = around.path().join("shared");
        fs::create_dir(&path).unwrap();
        for (mode, sound) in [
            (0o755, true),
            (0o775, false),
            (0o777, false),
            (0o1777, false),
        ] {
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            assert_eq!(StateDir::open(&path).is_ok(), sound, "{mode:o}");
        }
    }

    #[test]
    fn what_is_no_folder_is_refused() {
        let around = StateDir::temporary().unwrap();
        let path = around.path().join("file");
        fs::write(&path, "").unwrap();
        assert!(matches!(
            StateDir::open(&path),
            Err(StateDirError::NotAFolder(_))
        ));
        let below = StateDir::open(&path.join("below"));
        assert!(matches!(below, Err(StateDirError::Io { .. })), "{below:?}");
    }
}
