//! A hub where every guest works for a tenant of its own.

use std::path::PathBuf;

use tempfile::TempDir;

use super::case::Case;
use super::guests::{guest, guest_over};

/// The folder with the components, and the configuration that names them.
pub(super) struct Tenants {
    folder: TempDir,
}

impl Tenants {
    pub(super) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// The file of a guest of this world.
    pub(super) fn file(&self, name: &str, world: &str) -> PathBuf {
        let component = match world {
            "dispatcher" => guest_over("broadcast", world, name),
            "filter" => guest(name),
            _ => guest_over("filters/polite", world, name),
        };
        let file = format!("{}-{world}", name.replace('/', "-"));
        let path = self.folder.path().join(file);
        std::fs::write(&path, component).expect("written");
        path
    }

    /// A tenant for each, and `neighbour` with the built-in policy. The deadline is longer than by default,
    /// so that a busy machine does not put guests to blame that are merely slow.
    pub(super) fn config(&self, cases: &[Case]) -> String {
        let mut config = "[stream]\nheartbeat = \"200ms\"\n[policy]\ndeadline = \"30ms\"\n\
                          [[tenant]]\nname = \"neighbour\"\n"
            .to_owned();
        for case in cases {
            config += &self.tenant(&case.tenant(), case.guest, case.world);
        }
        config
    }

    /// One tenant, and the guest that works for it.
    pub(super) fn tenant(&self, name: &str, guest: &str, world: &str) -> String {
        let role = match world {
            "dispatcher" => "policy",
            _ => "filter",
        };
        let file = self.file(guest, world);
        format!(
            "[[tenant]]\nname = \"{name}\"\n[tenant.{role}]\ncomponent = \"{}\"\ndeadline = \"30ms\"\n",
            file.display()
        )
    }
}
