//! One connected subscriber, as its station keeps it.

use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use umbel_event::Offset;
use umbel_routing::{Client, SubscriberView};
use umbel_selector::Selector;

use super::gap::Gap;
use super::grants::Grants;
use super::mailbox::Mailbox;
use crate::{Framing, Outlet};

/// One connected subscriber. Nothing but its connection keeps it alive: when the
/// [`crate::Stream`] is dropped, it leaves.
///
/// What a delivery touches comes first and in one place: the kernel leaves nothing of it in the caches
/// from one delivery to the next.
#[repr(C)]
pub(crate) struct Subscriber {
    pub(crate) serial: u64,
    pub(crate) position: Position,
    /// Place of the newest event that was offered to it: an audience may list it twice.
    pub(crate) offered: Offset,
    pub(crate) mailbox: Mailbox,
    pub(crate) flags: Flags,
    pub(crate) framing: Framing,
    pub(crate) outlet: Option<Rc<Outlet>>,
    /// The one pending gap, written before the next event.
    pub(crate) gap: Option<Gap>,
    /// Place of the newest event, or checkpoint, that it was sent.
    pub(crate) told: Offset,
    pub(crate) times: Times,
    pub(crate) waker: Option<Waker>,
    pub(crate) grants: Rc<Grants>,
    pub(crate) selectors: Arc<[Selector]>,
    pub(crate) claims: Arc<str>,
    pub(crate) attributes: Arc<[(String, String)]>,
    pub(crate) joined_ms: u64,
}

/// Where a subscriber gets its next event from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// From audiences, for events at or after `since`.
    Live {
        /// The log's end when it joined: what was published before is not for it.
        since: Offset,
    },
    /// From pages of the log; left out of audiences.
    Fed {
        /// The next event that it has not been offered.
        next: Offset,
        /// It waits for a page; otherwise it is still writing the last one.
        asked: bool,
    },
}

/// When to do something about a subscriber, all in milliseconds of the station's clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// The last time that its stream took something.
    pub(crate) written_ms: u64,
    /// When its stream ends: its age or its token, whichever is first.
    pub(crate) ends_ms: u64,
    /// Whether that is the token's doing.
    pub(crate) token_ends: bool,
    /// Since when something waits that its stream does not take.
    pub(crate) stalled_ms: Option<u64>,
}

/// Small facts about a subscriber.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Flags {
    /// The opening block was handed out.
    pub(crate) opened: bool,
    /// Silence has lasted long enough for a heartbeat.
    pub(crate) beat_due: bool,
    /// It stands in the list of those who have something waiting.
    pub(crate) watched: bool,
    /// It stands in the list of those to be woken.
    pub(crate) dirty: bool,
}

impl Subscriber {
    /// What a policy is told of it.
    pub(crate) fn view(&self, client: Client) -> SubscriberView<'_> {
        SubscriberView {
            client,
            selectors: &self.selectors,
            grants: self.grants.selectors(),
            claims: &self.claims,
            attributes: &self.attributes,
            joined_ms: self.joined_ms,
        }
    }

    /// Notes that it missed something.
    pub(crate) fn miss(&mut self, gap: Gap) {
        self.gap = Some(self.gap.map_or(gap, |g| g.merge(gap)));
    }

    /// Whether something waits that its stream could take now.
    pub(crate) fn has_waiting(&self) -> bool {
        let feeding = matches!(self.position, Position::Fed { asked: false, .. });
        feeding
            || !self.mailbox.is_empty()
            || self.gap.is_some()
            || self.flags.beat_due
            || !self.flags.opened
    }

    /// Whether the station writes to its socket by itself.
    pub(crate) fn writes_itself(&self) -> bool {
        self.outlet.as_ref().is_some_and(|o| o.is_open())
    }

    /// The socket, where the station writes to it by itself.
    pub(crate) fn open_outlet(&self) -> Option<Rc<Outlet>> {
        self.outlet.as_ref().filter(|o| o.is_open()).cloned()
    }

    /// Keeps who is to be woken for it.
    pub(crate) fn remember(&mut self, waker: &Waker) {
        if !self.waker.as_ref().is_some_and(|w| w.will_wake(waker)) {
            self.waker = Some(waker.clone());
        }
    }

    /// Whether the kernel takes nothing from its connection at the moment.
    pub(crate) fn is_blocked(&self) -> bool {
        self.outlet.as_ref().is_some_and(|o| o.is_blocked())
    }
}
