//! A component that is committed.

/// A component that is committed in `guest/dist`, and what it was made from.
pub(super) struct Built {
    /// What its files are called.
    pub(super) name: &'static str,
    /// Files and folders, below the root, that decide what it is.
    pub(super) sources: Vec<&'static str>,
}

impl Built {
    /// The component, below the root.
    pub(super) fn component(&self) -> String {
        format!("guest/dist/{}.wasm", self.name)
    }

    /// Digests of that component and of its sources, below the root.
    pub(super) fn digests(&self) -> String {
        format!("guest/dist/{}.sources", self.name)
    }
}
