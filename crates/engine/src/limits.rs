//! What a component may use.

use std::time::Duration;

use umbel_routing::Export;

/// The largest memory limit that can be set for one instance, in bytes.
pub const MEMORY_BYTES_MAX: usize = 1 << 30;

/// Linear memories of one instance: a filter composed in front of a policy brings its own.
pub(crate) const MEMORIES_MAX: u32 = 8;
/// Tables of one instance.
pub(crate) const TABLES_MAX: u32 = 64;
/// Elements of all tables of one instance.
pub(crate) const TABLE_ELEMENTS_MAX: usize = 20_000;
/// Core instances of one component: Python policies have about 40.
pub(crate) const CORE_INSTANCES_MAX: u32 = 64;
/// Handles of resources that an instance may hold: its parts may pass them to each other, though
/// the contract has none.
pub(crate) const HANDLES_MAX: usize = 1_024;

/// Building an instance and `configure` read settings and prepare tables, and happen once: this
/// many deadlines.
const SETUP_DEADLINES: u32 = 10;

/// What one component, and each of its instances, may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a component file.
    pub component_bytes: usize,
    /// Bytes of all linear memories of an instance together; at most [`MEMORY_BYTES_MAX`].
    pub memory_bytes: usize,
    /// CPU time of the calling thread that one call may take; 10 times as much by the wall clock.
    /// Checked each millisecond. Building and configuring an instance gets 10 of these.
    pub deadline: Duration,
    /// Bytes, as the host counts them, that one answer may hold ...
    pub answer_bytes: usize,
    /// ... and how many more for each client that is joined.
    pub answer_bytes_per_client: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            component_bytes: 32 << 20,
            memory_bytes: 64 << 20,
            deadline: Duration::from_millis(10),
            answer_bytes: 8 << 20,
            answer_bytes_per_client: 8,
        }
    }
}

impl Limits {
    /// Time for one call of `export`.
    pub(crate) fn deadline_of(&self, export: Export) -> Duration {
        let deadlines = match export {
            Export::Instantiate | Export::Configure => SETUP_DEADLINES,
            Export::Join
            | Export::Leave
            | Export::Route
            | Export::Select
            | Export::Overflow
            | Export::Admit
            | Export::Tailor => 1,
        };
        self.deadline.saturating_mul(deadlines)
    }

    /// Bytes of one answer of an instance with so many clients.
    pub(crate) fn answer_bytes_for(&self, clients: usize) -> usize {
        self.answer_bytes
            .saturating_add(self.answer_bytes_per_client.saturating_mul(clients))
    }
}
