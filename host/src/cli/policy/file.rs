//! Files that an operator names.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;

/// Bytes of a file that is read whole: no hub takes a larger component.
const FILE_BYTES_MAX: u64 = 1 << 30;

/// What a component is configured with.
#[derive(Args)]
pub(super) struct Configuration {
    /// What it is configured with; `@FILE` reads that.
    #[arg(long, value_name = "TEXT|@FILE")]
    config: Option<String>,
}

impl Configuration {
    /// It, where it was given.
    pub(super) fn bytes(&self) -> anyhow::Result<Option<Vec<u8>>> {
        let read = |config: &String| match config.strip_prefix('@') {
            Some(file) => read(Path::new(file)),
            None => Ok(config.clone().into_bytes()),
        };
        self.config.as_ref().map(read).transpose()
    }

    /// It as text, where it was given.
    pub(super) fn given(&self) -> anyhow::Result<Option<String>> {
        let text = |bytes| String::from_utf8(bytes).context("the configuration is not UTF-8");
        self.bytes()?.map(text).transpose()
    }
}

/// The file, read only as far as one may be large: it may be anything.
pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = || path.display().to_string();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes))
        .with_context(shown)?;
    ensure!(
        bytes.len() as u64 <= FILE_BYTES_MAX,
        "{} has more than {FILE_BYTES_MAX} bytes",
        path.display()
    );
    Ok(bytes)
}

/// The files of a folder whose names end so, in the order of their names.
pub(super) fn listed(folder: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths: std::io::Result<Vec<PathBuf>> = entries.map(|e| e.map(|e| e.path())).collect();
    let mut paths = paths.with_context(|| folder.display().to_string())?;
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    paths.sort();
    Ok(paths)
}
