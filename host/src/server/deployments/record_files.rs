//! The files of what was deployed, one a tenant.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};

use super::{Record, private_file};
use crate::config::TenantName;

const FOLDER: &str = "deployments";
const EXTENSION: &str = "json";

/// A record holds four configurations of at most 1 MiB, which JSON may write as six times that.
const RECORD_BYTES_MAX: u64 = 32 << 20;

/// The files of what was deployed, one a tenant.
pub(super) struct RecordFiles(PathBuf);

impl RecordFiles {
    /// Those under `state`.
    ///
    /// # Errors
    /// Where their folder cannot be made.
    pub(super) fn open(state: &Path) -> io::Result<Self> {
        let folder = state.join(FOLDER);
        private_file::open_folder(&folder)?;
        Ok(Self(folder))
    }

    /// All records. One that cannot be read is logged and left where it is.
    pub(super) fn read_all(&self) -> BTreeMap<TenantName, Record> {
        let entries = self.0.read_dir().into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let ours = paths.filter(|path| path.extension() == Some(EXTENSION.as_ref()));
        let record = |path: PathBuf| match read(&path) {
            Ok(read) => Some(read),
            Err(error) => {
                let (path, error) = (path.display(), format!("{error:#}"));
                tracing::warn!(
                    %path,
                    error,
                    "what was deployed is not known; the configuration decides"
                );
                None
            }
        };
        ours.filter_map(record).collect()
    }

    /// Writes the record of `tenant`; answers whether that could be done.
    pub(super) fn write(&self, tenant: &TenantName, record: &Record) -> bool {
        let written = serde_json::to_vec_pretty(record)
            .map_err(io::Error::from)
            .and_then(|text| private_file::write(&self.0, &format!("{tenant}.{EXTENSION}"), &text));
        written
            .inspect_err(|error| {
                tracing::error!(%tenant, %error, "what was deployed could not be noted");
            })
            .is_ok()
    }
}

fn read(path: &Path) -> anyhow::Result<(TenantName, Record)> {
    let name = path.file_stem().and_then(|stem| stem.to_str());
    let name = TenantName::parse(name.unwrap_or_default())?;
    let mut text = Vec::new();
    let file = File::open(path)?;
    file.take(RECORD_BYTES_MAX + 1).read_to_end(&mut text)?;
    if text.len() as u64 > RECORD_BYTES_MAX {
        bail!("it has more than {RECORD_BYTES_MAX} bytes");
    }
    let record: Record = serde_json::from_slice(&text).context("it is no record")?;
    ensure!(
        record.digests().all(|digest| digest.len() == 64),
        "a digest in it is none"
    );
    Ok((name, record))
}
