//! Files that belong to this process alone.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::SystemTime;

use rustix::fs::OFlags;
use rustix::process::geteuid;
use tempfile::NamedTempFile;

/// Bits that the mode of a file that nobody else may read must not have ...
pub(super) const SECRET: u32 = 0o077;
/// ... and of one that nobody else may write.
pub(super) const UNTOUCHED: u32 = 0o022;

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    #[error("it is no regular file")]
    Kind,
    #[error("it belongs to user {0}")]
    Owner(u32),
    #[error("its mode is {0:o}: others could reach it")]
    Mode(u32),
    #[error("its length is wrong")]
    Length,
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
}

/// The bytes of `file`, which are at most `max`. It is a regular file of this user, and its mode has
/// none of the bits `forbidden`.
pub(super) fn read(file: &Path, max: usize, forbidden: u32) -> Result<Vec<u8>, Refused> {
    // Neither led elsewhere by a link nor held up by a pipe.
    let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed();
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(file)?;
    let facts = file.metadata()?;
    if !facts.is_file() {
        return Err(Refused::Kind);
    }
    if facts.uid() != geteuid().as_raw() {
        return Err(Refused::Owner(facts.uid()));
    }
    if facts.mode() & forbidden != 0 {
        return Err(Refused::Mode(facts.mode() & 0o7777));
    }
    let mut bytes = Vec::new();
    (&file).take(max as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > max {
        return Err(Refused::Length);
    }
    note_use(&file);
    Ok(bytes)
}

/// What was used last is removed last.
fn note_use(file: &File) {
    // Where it cannot be noted, it is removed earlier than it should.
    _ = file.set_modified(SystemTime::now());
}

/// Puts `bytes` into `file`, all at once or not at all. It is for this user alone. A power cut may leave
/// it damaged, which is noticed when it is read.
pub(super) fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file
        .parent()
        .ok_or_else(|| io::Error::other("it is in no folder"))?;
    // Of mode 0600, and gone where it is not kept.
    let mut new = NamedTempFile::new_in(folder)?;
    new.write_all(bytes)?;
    new.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::chown;
    use std::path::PathBuf;

    use rustix::process::geteuid;

    use super::{Refused, SECRET, UNTOUCHED, read};

    /// A file that this user can read and does not own.
    fn of_somebody_else(folder: &tempfile::TempDir) -> PathBuf {
        if !geteuid().is_root() {
            return "/etc/passwd".into();
        }
        let file = folder.path().join("somebody-elses");
        std::fs::write(&file, "").unwrap();
        chown(&file, Some(1), None).unwrap();
        file
    }

    #[test]
    fn a_file_of_somebody_else_is_refused_whatever_its_mode() {
        let folder = tempfile::tempdir().unwrap();
        let error = read(&of_somebody_else(&folder), 1 << 20, 0).unwrap_err();
        assert!(matches!(error, Refused::Owner(_)), "{error}");
    }

    #[test]
    fn what_is_written_is_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        super::write(&file, b"hello").unwrap();
        assert_eq!(read(&file, 5, SECRET | UNTOUCHED).unwrap(), b"hello");
        let error = read(&file, 4, SECRET).unwrap_err();
        assert!(matches!(error, Refused::Length), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn neither_a_link_nor_a_pipe_nor_a_folder_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        super::write(&at("file"), b"hello").unwrap();
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, at("pipe"), 0o600.into()).unwrap();
        assert!(matches!(read(&at("link"), 5, SECRET), Err(Refused::Io(_))));
        assert!(matches!(read(&at("pipe"), 5, SECRET), Err(Refused::Kind)));
        assert!(read(folder.path(), 5, 0).is_err());
    }
}
