//! Files that are there as a whole or not at all.

use std::fs::{DirBuilder, File};
use std::io::{self, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

/// For the hub's own account alone.
const FOLDER_MODE: u32 = 0o700;

/// What the names of unfinished files begin with.
const UNFINISHED: &str = ".unfinished-";

/// Makes `folder` where it is not there, and removes what a process that was killed left unfinished.
///
/// # Errors
/// Where it cannot be made or read.
pub(super) fn open_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)?;
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Writes `bytes` to `name` in `folder`, with mode 600: a crash leaves either what was there before or
/// all of it.
///
/// # Errors
/// Where it cannot be written.
pub(super) fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    // A temporary file of this library has mode 600.
    let mut file = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name))?;
    File::open(folder)?.sync_all()
}
