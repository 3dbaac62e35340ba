//! What a reader of the stream gets.

use std::borrow::Cow;
use std::sync::Arc;

/// The kind of a message that names none (F15).
pub const DEFAULT_KIND: &str = "message";

/// One dispatched event, as an `EventSource` would see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The id that its own block carried; none where it has no valid `id` line. Empty where the block
    /// reset the last event id (F11).
    pub id: Option<Arc<str>>,
    /// The last event id once it was dispatched: its own, else that of an earlier block (F12); empty
    /// where there was none.
    pub last_event_id: Arc<str>,
    /// Its type; [`DEFAULT_KIND`] where it has none or an empty one (F15).
    pub kind: Cow<'static, str>,
    /// Its `data` lines, joined with LF (F8). Bytes that are not UTF-8 came as U+FFFD (F1).
    pub data: String,
    /// The reconnection time in milliseconds that its own block set, if any (F14).
    pub retry_ms: Option<u64>,
}
