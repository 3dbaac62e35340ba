//! How far a run is.

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// How much of that is done, 0 to 1.
    pub fraction: f64,
    /// Deliveries so far.
    pub deliveries: u64,
}

/// What a run is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Opens the streams.
    Connecting,
    /// Publishes, and measures after the warm-up.
    Publishing,
    /// Waits for what is still on its way.
    Draining,
}

/// How much of the whole a part is; 0 where there is nothing.
#[expect(clippy::cast_precision_loss, reason = "it is drawn as a bar")]
pub fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}
