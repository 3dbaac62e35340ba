//! A folder of somebody who writes policies, and the commands for that.

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use tempfile::TempDir;

use super::umbel;

/// The folder of somebody who writes policies; gone with the test.
pub(crate) struct Workshop(TempDir);

/// What a command said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Workshop {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Leaves a file there.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).expect("written");
    }

    /// Runs `umbel policy` there.
    pub(crate) fn policy(&self, args: &[&str]) -> Said {
        let mut command = umbel();
        command.arg("policy").args(args).current_dir(self.0.path());
        Said::by(&command.output().expect("it runs"))
    }
}

impl Said {
    pub(crate) fn by(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    /// It went well: what was printed.
    pub(crate) fn good(&self) -> &str {
        assert_eq!(self.code, Some(0), "{}{}", self.out, self.err);
        &self.out
    }

    /// It failed: what was printed, and what was said about it.
    pub(crate) fn failed(&self) -> String {
        assert_eq!(self.code, Some(1), "{}{}", self.out, self.err);
        format!("{}{}", self.out, self.err)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}: {}{}", self.out, self.err))
    }
}

/// A path of the repository.
pub(crate) fn committed(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    root.join(path).display().to_string()
}
