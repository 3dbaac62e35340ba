//! What a policy sees of one event.

use umbel_event::Offset;

/// One event as it is passed to a policy, borrowed from its batch. A policy gets `id`, `data` and
/// `attributes` only where its [`crate::Profile`] asks for them.
#[derive(Clone, Copy, Debug)]
pub struct EventView<'a> {
    /// Its place in the log; 0 before it is logged.
    pub offset: Offset,
    /// What goes out as the SSE `id` field.
    pub id: &'a str,
    /// The canonical topic first; never empty.
    pub topics: &'a [&'a str],
    /// The SSE `event` field.
    pub kind: Option<&'a str>,
    /// Only for subscribers whose grants cover one of the topics; the host enforces it.
    pub private: bool,
    /// Unix time in milliseconds at which the hub accepted it.
    pub accepted_ms: u64,
    /// Bytes of the payload, whether it is passed or not.
    pub size: u32,
    /// The payload.
    pub data: Option<&'a [u8]>,
    /// Facts beyond these fields, as name and value.
    pub attributes: &'a [(&'a str, &'a str)],
}
