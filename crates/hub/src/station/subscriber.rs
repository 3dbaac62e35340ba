//! One connected subscriber, as its station keeps it.

use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use umbel_event::Offset;
use umbel_routing::{Client, MailboxBounds, SubscriberView};
use umbel_selector::Selector;

use super::gap::Gap;
use super::grants::Grants;
use super::mailbox::Mailbox;
use crate::metrics::LeaveReason;
use crate::{Framing, Outlet};

/// One connected subscriber. Nothing but its connection keeps it alive: when the
/// [`crate::Stream`] is dropped, it leaves.
///
/// What a delivery touches comes first, in two cache lines: the kernel leaves little of them in the
/// caches from one delivery to the next.
#[repr(C, align(64))]
pub(crate) struct Subscriber {
    pub(crate) serial: u64,
    pub(crate) position: Position,
    /// Place of the newest event that was offered to it: an audience may list it twice.
    pub(crate) offered: Offset,
    /// Place of the newest event, or checkpoint, that it was sent.
    pub(crate) told: Offset,
    pub(crate) outlet: Option<Rc<Outlet>>,
    pub(crate) flags: Flags,
    pub(crate) framing: Framing,
    /// The one pending gap, written before the next event.
    pub(crate) gap: Option<Gap>,
    /// The last time that its stream took something, in milliseconds of the station's clock.
    pub(crate) written_ms: u64,
    pub(crate) mailbox: Mailbox,
    /// Bounds of the mailbox as the next policy wants them; see [`Subscriber::keep_up`].
    pub(crate) next_bounds: MailboxBounds,
    pub(crate) times: Times,
    pub(crate) waker: Option<Waker>,
    pub(crate) grants: Rc<Grants>,
    pub(crate) selectors: Arc<[Selector]>,
    pub(crate) claims: Arc<str>,
    pub(crate) attributes: Arc<[(String, String)]>,
    pub(crate) joined_ms: u64,
}

const _: () = assert!(
    std::mem::offset_of!(Subscriber, mailbox) + Mailbox::HOT_BYTES <= 128,
    "what a delivery touches fits into two cache lines"
);

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
    /// When its stream ends: of its age, with its token, or since the hub is to end, whichever is first.
    pub(crate) ends_ms: u64,
    /// Which of them that is.
    pub(crate) ends_for: LeaveReason,
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
    /// How many policies its station had when its mailbox got its bounds; wraps.
    pub(crate) policies: u8,
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

    /// Where the station has another policy by now, which is its number `policies`, the mailbox gets the
    /// bounds that this one wants. Done when the mailbox is next needed: a swap does not visit everyone.
    pub(crate) fn keep_up(&mut self, policies: u8) {
        if self.flags.policies != policies {
            self.flags.policies = policies;
            self.mailbox.set_bounds(self.next_bounds);
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

    /// Whether there is an event, or word of a gap, that its stream has not taken.
    pub(crate) fn is_owed(&self) -> bool {
        let is_fed = matches!(self.position, Position::Fed { .. });
        is_fed || !self.mailbox.is_empty() || self.gap.is_some()
    }

    /// Touches what a delivery will touch; see [`super::registry::Registry::warm`].
    pub(crate) fn warm(&self) -> u32 {
        let is_open = self.writes_itself();
        self.mailbox.events().wrapping_add(u32::from(is_open))
    }

    /// Whether the station writes to its socket by itself.
    pub(crate) fn writes_itself(&self) -> bool {
        self.outlet.as_ref().is_some_and(|o| o.is_open())
    }

    /// Lends the socket, where the station writes to it by itself.
    pub(crate) fn with_open_outlet<T>(
        &mut self,
        lend: impl FnOnce(&mut Self, &Outlet) -> T,
    ) -> Option<T> {
        let outlet = self.outlet.take_if(|outlet| outlet.is_open())?;
        let answer = lend(self, &outlet);
        self.outlet = Some(outlet);
        Some(answer)
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
