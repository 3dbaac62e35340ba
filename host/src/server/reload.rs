//! A configuration that is read anew while the hub runs.

use std::io;
use std::time::Duration;

use super::signals::Hangup;
use super::tenancy::Tenancy;
use crate::config::{
    Changes, Config, Fault, Faults, Files, Place, ProcessEnvironment, Sources, TenantChange,
};

/// How often the files of the configuration are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Tells when the configuration is to be read anew, and reads it: on SIGHUP, and when one of its files
/// has changed.
pub(crate) struct Reload {
    sources: Sources,
    hangup: Hangup,
    /// As they were when they were last read.
    files: Files,
}

impl Reload {
    /// Watches over the files that `config`, which came from `sources`, was made from.
    ///
    /// # Errors
    /// Where the signal cannot be caught.
    pub(crate) fn new(sources: Sources, config: &Config) -> io::Result<Self> {
        Ok(Self {
            sources,
            hangup: Hangup::catch()?,
            files: config.files.clone(),
        })
    }

    /// Puts each new configuration in force; never done.
    pub(super) async fn run(mut self, tenancy: &Tenancy) {
        loop {
            tokio::select! {
                () = self.hangup.next() => tracing::info!("told to read the configuration anew"),
                () = changed(&self.files) => tracing::info!("a file of the configuration has changed"),
            }
            let before = tenancy.in_force();
            let applied = match self.load().await {
                Ok(wanted) => tenancy.apply(&wanted).await.map(|next| {
                    tell_changes(&before, &next, &wanted);
                }),
                Err(faults) => Err(faults),
            };
            if let Err(faults) = applied {
                tell_faults(&faults);
            }
        }
    }

    /// Reads the configuration. A faulty one is not read again before one of its files changes.
    async fn load(&mut self) -> Result<Config, Faults> {
        let sources = self.sources.clone();
        let read = move || Config::inspect(&sources, &ProcessEnvironment);
        match tokio::task::spawn_blocking(read).await {
            Ok((config, faults)) => {
                self.files = config.files.clone();
                Faults::unless_none(faults, config)
            }
            // Whatever is written in a file, the hub that runs goes on.
            Err(panicked) => {
                self.files = self.files.now();
                Err(Faults::one(Fault {
                    place: Place::Nowhere,
                    key: String::new(),
                    what: format!("reading it failed: {panicked}"),
                    hint: String::new(),
                }))
            }
        }
    }
}

/// Done once the files are otherwise than `known` and have rested for one look: who writes a file piece
/// by piece leaves half of it to be read.
async fn changed(known: &Files) {
    let mut before = known.clone();
    loop {
        tokio::time::sleep(LOOK).await;
        let files = known.clone();
        let Ok(now) = tokio::task::spawn_blocking(move || files.now()).await else {
            continue;
        };
        if now != *known && now == before {
            return;
        }
        before = now;
    }
}

fn tell_changes(before: &Config, now: &Config, wanted: &Config) {
    let (done, left) = (Changes::between(before, now), Changes::between(now, wanted));
    let parts = |change: &TenantChange| {
        let keys: Vec<&str> = change.parts.iter().map(|part| part.key()).collect();
        keys.join(", ")
    };
    if done.is_empty() && left.is_empty() {
        tracing::info!("the configuration is as it was");
    }
    if done.trusted_proxies {
        tracing::info!(keys = "trusted-proxies", "the configuration has changed");
    }
    for change in &done.changed {
        let (tenant, keys) = (&change.name, parts(change));
        tracing::info!(%tenant, keys, "the configuration has changed");
    }
    if !left.fixed.is_empty() {
        let keys = left.fixed.join(", ");
        tracing::warn!(keys, "a change of the configuration needs a restart");
    }
    for change in &left.changed {
        let (tenant, keys) = (&change.name, parts(change));
        tracing::warn!(%tenant, keys, "a change of the configuration needs a restart");
    }
    for tenant in &done.added {
        tracing::info!(%tenant, "a tenant was added");
    }
    for tenant in &done.removed {
        tracing::info!(%tenant, "a tenant was removed");
    }
}

fn tell_faults(faults: &Faults) {
    for fault in faults.iter() {
        tracing::error!(
            place = %fault.place,
            key = fault.key,
            hint = fault.hint,
            "the configuration is wrong: {}",
            fault.what
        );
    }
    tracing::error!("the configuration was not taken; the one before stays in force");
}
