//! The bounds of a subscriber's queue, and what happens at them.

use umbel_event::Offset;

use crate::Client;

/// What happens to an event that does not fit into a subscriber's full mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The new event is not delivered to this subscriber.
    DropNewest,
    /// The oldest waiting events make room.
    DropOldest,
    /// A waiting event with the same canonical topic is replaced. Where there is none, one makes room that
    /// has a newer one of its topic behind it, else the oldest.
    Conflate,
    /// The mailbox is emptied and the subscriber is fed from the log at its own pace until it has
    /// caught up.
    CatchUp,
    /// The stream ends; the subscriber comes back with its last event id.
    Disconnect,
}

/// How a full mailbox is answered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhenFull {
    /// Always so.
    Always(Verdict),
    /// [`crate::Dispatcher::overflow`] is asked each time.
    Ask,
}

/// The bounds of one subscriber's mailbox; an empty mailbox takes any one event. The host lowers what
/// exceeds its own limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MailboxBounds {
    /// Events that may wait.
    pub events_max: u32,
    /// Bytes that may wait.
    pub bytes_max: u32,
    /// What happens past either.
    pub when_full: WhenFull,
}

/// A subscriber is not let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Shown to the subscriber.
    pub reason: String,
    /// Milliseconds after which it may try again; none: never.
    pub retry_ms: Option<u32>,
}

/// One full mailbox, as [`crate::Dispatcher::overflow`] is asked about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FullMailbox {
    /// Whose it is.
    pub client: Client,
    /// The event that does not fit: one of the batch routed last.
    pub offset: Offset,
    /// Events waiting.
    pub events: u32,
    /// Bytes waiting.
    pub bytes: u32,
    /// Age of the oldest waiting event in milliseconds.
    pub oldest_ms: u32,
}

impl Verdict {
    /// All of them, in the order of the contract.
    pub const ALL: [Self; 5] = [
        Self::DropNewest,
        Self::DropOldest,
        Self::Conflate,
        Self::CatchUp,
        Self::Disconnect,
    ];

    /// The name that configuration, metrics and the contract use.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DropNewest => "drop-newest",
            Self::DropOldest => "drop-oldest",
            Self::Conflate => "conflate",
            Self::CatchUp => "catch-up",
            Self::Disconnect => "disconnect",
        }
    }

    /// The verdict of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.name() == name)
    }
}
