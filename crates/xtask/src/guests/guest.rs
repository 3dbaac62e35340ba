//! A component of the guest workspace.

use std::path::PathBuf;

use super::built::Built;

/// Files and folders, below the root, that every component is built from.
const SHARED: [&str; 10] = [
    "crates/event/Cargo.toml",
    "crates/event/src",
    "crates/routing/Cargo.toml",
    "crates/routing/src",
    "crates/selector/Cargo.toml",
    "crates/selector/src",
    "guest/Cargo.lock",
    "guest/Cargo.toml",
    "guest/sdk",
    "wit",
];

/// A package of the guest workspace whose component is committed.
pub(crate) struct Guest {
    /// What the files in `guest/dist` are called.
    pub(super) name: &'static str,
    /// The package.
    pub(super) package: &'static str,
    /// Interfaces that the component exports, sorted: those and no others.
    pub(super) exports: &'static [&'static str],
    /// Interfaces with functions that it imports, sorted: none but for a layer, which is given them by a policy.
    pub(super) imports: &'static [&'static str],
    /// Files and folders, below the root, that decide what it is, beside those of every guest.
    pub(super) sources: &'static [&'static str],
}

/// What a policy exports.
const POLICY: &[&str] = &["umbel:hub/fan-out@0.1.0", "umbel:hub/queue-policy@0.1.0"];

/// What a filter with both of its interfaces exports.
const FILTER: &[&str] = &["umbel:hub/admission@0.1.0", "umbel:hub/views@0.1.0"];

/// The default policy.
pub(crate) const DISPATCHER: Guest = Guest {
    name: "dispatcher",
    package: "umbel-dispatcher",
    exports: POLICY,
    imports: &[],
    sources: &["guest/dispatcher"],
};

/// Every one, in the order in which they are built.
pub(crate) const GUESTS: [Guest; 7] = [
    DISPATCHER,
    Guest {
        name: "glob-matcher",
        package: "umbel-glob-matcher",
        exports: POLICY,
        imports: &[],
        sources: &["guest/examples/glob-matcher"],
    },
    Guest {
        name: "latest-price",
        package: "umbel-latest-price",
        exports: POLICY,
        imports: &[],
        sources: &["guest/examples/latest-price"],
    },
    Guest {
        name: "muted",
        package: "umbel-muted",
        exports: POLICY,
        imports: POLICY,
        sources: &["guest/examples/muted"],
    },
    Guest {
        name: "priority-by-kind",
        package: "umbel-priority-by-kind",
        exports: POLICY,
        imports: &[],
        sources: &["guest/examples/priority-by-kind"],
    },
    Guest {
        name: "quakes-filter",
        package: "umbel-quakes-filter",
        exports: FILTER,
        imports: &[],
        sources: &["guest/examples/quakes-filter"],
    },
    Guest {
        name: "replay-limits",
        package: "umbel-replay-limits",
        exports: POLICY,
        imports: &[],
        sources: &["guest/examples/replay-limits"],
    },
];

impl Guest {
    /// The file of the component.
    pub(crate) fn file(&self) -> String {
        format!("{}.wasm", self.name)
    }

    /// As it is committed.
    pub(super) fn built(&self) -> Built {
        Built {
            name: self.name,
            sources: [self.sources, &SHARED].concat(),
        }
    }

    /// The core module that cargo builds, below the target folder.
    pub(super) fn module(&self) -> PathBuf {
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        [umbel_guest_build::TARGET, "release", &file]
            .iter()
            .collect()
    }
}
