//! Where a setting was written.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Where a setting was written, as faults name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A line of the configuration file, counted from 1.
    Line(Arc<Path>, usize),
    /// The configuration file as a whole: something is missing from it, or it cannot be read.
    File(Arc<Path>),
    /// An environment variable.
    Variable(String),
    /// A flag of the command line.
    Flag(String),
    /// Nowhere: no file was read, and the setting is missing.
    Nowhere,
}

impl Place {
    /// The folder that a relative path in this place starts from: the file's own for the file, so that
    /// a configuration may be moved with what belongs to it; the working directory elsewhere.
    pub fn base(&self) -> PathBuf {
        match self {
            Self::Line(file, _) | Self::File(file) => {
                file.parent().map_or_else(PathBuf::new, Path::to_owned)
            }
            Self::Variable(_) | Self::Flag(_) | Self::Nowhere => PathBuf::new(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(file, line) => write!(f, "{}:{line}", file.display()),
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
            Self::Nowhere => f.write_str("configuration"),
        }
    }
}
