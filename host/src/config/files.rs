//! The files that a configuration was made from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The files that a configuration was made from, as they were then. Two are equal where they tell of
/// the same files in the same state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<PathBuf, FileStamp>);

/// What tells one state of a file from another without reading it: when it was written, and its
/// length. Nothing where there is no such file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileStamp(Option<(SystemTime, u64)>);

impl Files {
    /// Notes a file; before it is read, so that no change to it goes unnoticed.
    pub fn note(&mut self, path: &Path) -> FileStamp {
        let stamp = FileStamp::of(path);
        self.0.insert(path.to_owned(), stamp);
        stamp
    }

    /// Adds those of `other`.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The same files as they are now.
    pub fn now(&self) -> Self {
        let paths = self.0.keys();
        Self(
            paths
                .map(|path| (path.clone(), FileStamp::of(path)))
                .collect(),
        )
    }
}

impl FileStamp {
    fn of(path: &Path) -> Self {
        let found = std::fs::metadata(path);
        Self(
            found
                .ok()
                .and_then(|found| Some((found.modified().ok()?, found.len()))),
        )
    }
}
