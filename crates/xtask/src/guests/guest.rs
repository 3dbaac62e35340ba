//! A component of the guest workspace.

use std::path::PathBuf;

/// A package of the guest workspace whose component is committed.
pub(crate) struct Guest {
    /// What the files in `guest/dist` are called.
    pub(super) name: &'static str,
    /// The package.
    pub(super) package: &'static str,
    /// Interfaces that the component exports, sorted: those and no others.
    pub(super) exports: &'static [&'static str],
    /// Files and folders, below the root, that decide what it is, beside those of every guest.
    pub(super) sources: &'static [&'static str],
}

/// The default policy.
pub(crate) const DISPATCHER: Guest = Guest {
    name: "dispatcher",
    package: "umbel-dispatcher",
    exports: &["umbel:hub/fan-out@0.1.0", "umbel:hub/queue-policy@0.1.0"],
    sources: &[
        "crates/event/Cargo.toml",
        "crates/event/src",
        "crates/routing/Cargo.toml",
        "crates/routing/src",
        "crates/selector/Cargo.toml",
        "crates/selector/src",
        "guest/dispatcher",
    ],
};

/// Every one, in the order in which they are built.
pub(crate) const GUESTS: [Guest; 2] = [
    DISPATCHER,
    Guest {
        name: "quakes-filter",
        package: "umbel-quakes-filter",
        exports: &["umbel:hub/admission@0.1.0", "umbel:hub/views@0.1.0"],
        sources: &["guest/examples/quakes-filter"],
    },
];

impl Guest {
    /// The file of the component.
    pub(crate) fn file(&self) -> String {
        format!("{}.wasm", self.name)
    }

    /// The committed component, below the root.
    pub(super) fn component(&self) -> String {
        format!("guest/dist/{}", self.file())
    }

    /// Digests of that component and of its sources, below the root.
    pub(super) fn digests(&self) -> String {
        format!("guest/dist/{}.sources", self.name)
    }

    /// The core module that cargo builds, below the target folder.
    pub(super) fn module(&self) -> PathBuf {
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        [umbel_guest_build::TARGET, "release", &file]
            .iter()
            .collect()
    }
}
