//! What operators deployed while the hub ran, and what of it outlives the process.

mod component_files;
mod private_file;
mod record;
mod record_files;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use umbel_engine::ComponentKind;

pub(crate) use component_files::ComponentFileError;
pub(crate) use record::{Choice, Deed, Deployment, Record, Slot};

use component_files::ComponentFiles;
use record_files::RecordFiles;

use crate::config::TenantName;

/// What operators deployed, tenant by tenant, and the components themselves. With a state folder both
/// are files there; without one they are held in memory and go with the process.
pub(crate) struct Deployments {
    components: ComponentFiles,
    files: Option<RecordFiles>,
    records: Mutex<BTreeMap<TenantName, Record>>,
    /// Held while files are written.
    writing: Mutex<()>,
}

/// A change that was made.
pub(crate) struct Made {
    /// Which part of what decides.
    pub(crate) kind: ComponentKind,
    /// What was done.
    pub(crate) deed: Deed,
    /// What decides from now on.
    pub(crate) choice: Choice,
    /// SHA-256 of what decides from now on; empty where it has none.
    pub(crate) digest: String,
    /// Its bytes, where they may not be kept yet.
    pub(crate) component: Option<Bytes>,
    /// Who asked for it.
    pub(crate) by: String,
    /// Unix time in milliseconds.
    pub(crate) at_ms: u64,
}

impl Deployments {
    /// What is kept under `state`, where there is such a folder. What is wrong with it is logged: a hub
    /// serves what its configuration names rather than not at all.
    ///
    /// # Errors
    /// Where nothing can be kept there.
    pub(crate) fn open(state: Option<&Path>) -> io::Result<Self> {
        let files = state.map(RecordFiles::open).transpose()?;
        let records = files.as_ref().map(RecordFiles::read_all);
        let deployments = Self {
            components: ComponentFiles::open(state)?,
            files,
            records: Mutex::new(records.unwrap_or_default()),
            writing: Mutex::default(),
        };
        deployments.drop_unused();
        Ok(deployments)
    }

    /// What is known of `tenant`.
    pub(crate) fn record(&self, tenant: &TenantName) -> Record {
        self.lock().get(tenant).cloned().unwrap_or_default()
    }

    /// What was deployed and decides for `tenant`.
    pub(crate) fn current(&self, tenant: &TenantName, kind: ComponentKind) -> Option<Deployment> {
        self.lock().get(tenant)?.slot(kind).deployed().cloned()
    }

    /// The component of `deployment`.
    ///
    /// # Errors
    /// Where it is not there any more, or is not what it was.
    pub(crate) fn component(&self, deployment: &Deployment) -> Result<Bytes, ComponentFileError> {
        self.components.read(&deployment.digest)
    }

    /// What was deployed cannot be used: what the configuration names decides in its place. What is kept
    /// of it stays until the next change: the reason may be gone after a restart.
    pub(crate) fn set_aside(&self, tenant: &TenantName, kind: ComponentKind) {
        if let Some(record) = self.lock().get_mut(tenant) {
            record.slot_mut(kind).set_aside = true;
        }
    }

    /// Notes a change that was made; answers whether it survives a restart. Blocks while files are
    /// written.
    pub(crate) fn note(&self, tenant: &TenantName, made: Made) -> bool {
        // One after the other; the records are not held meanwhile, so that nobody who asks waits for a disk.
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = true;
        if let (Choice::Deployed(deployment), Some(bytes)) = (&made.choice, &made.component) {
            kept = self.components.keep(&deployment.digest, bytes);
        }
        let record = {
            let mut records = self.lock();
            let record = records.entry(tenant.clone()).or_default();
            record.note(made);
            record.clone()
        };
        let files = self.files.as_ref();
        let written = files.is_some_and(|files| files.write(tenant, &record));
        self.drop_unused();
        kept && written
    }

    fn drop_unused(&self) {
        let records = self.lock();
        let used = records.values().flat_map(Record::digests);
        let used: BTreeSet<String> = used.map(str::to_owned).collect();
        drop(records);
        self.components.retain(&used);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<TenantName, Record>> {
        // No record is left half changed by a panic: each change is a few assignments.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
