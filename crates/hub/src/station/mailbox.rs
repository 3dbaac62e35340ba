//! The bounded queue of one subscriber.

use std::collections::{HashSet, VecDeque};

use umbel_event::Offset;
use umbel_routing::{MailboxBounds, WhenFull};

use super::frames::{FrameNumber, Frames};
use crate::MailboxConfig;

/// Room that an emptied queue may keep; more is given back, since most clients idle most of the time.
const KEPT_CAPACITY_MAX: usize = 16;

/// The bounded queue of one subscriber: numbers of frames, in the order of their offsets.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Mailbox {
    /// The oldest. In most mailboxes it is alone, so that nothing else of memory is touched.
    first: Option<FrameNumber>,
    /// Events that wait, the first one included.
    events: u32,
    bytes: u32,
    bounds: MailboxBounds,
    /// Those behind the oldest.
    rest: VecDeque<FrameNumber>,
}

impl Mailbox {
    /// Its leading bytes, which are all that is touched where at most one event waits.
    pub(crate) const HOT_BYTES: usize = std::mem::offset_of!(Mailbox, rest);

    pub(crate) fn new(bounds: MailboxBounds) -> Self {
        Self {
            first: None,
            events: 0,
            bytes: 0,
            bounds,
            rest: VecDeque::new(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    pub(crate) fn events(&self) -> u32 {
        self.events
    }

    pub(crate) fn bytes(&self) -> u32 {
        self.bytes
    }

    pub(crate) fn when_full(&self) -> WhenFull {
        self.bounds.when_full
    }

    pub(crate) fn bounds(&self) -> MailboxBounds {
        self.bounds
    }

    pub(crate) fn set_bounds(&mut self, bounds: MailboxBounds) {
        self.bounds = bounds;
    }

    pub(crate) fn numbers(&self) -> impl DoubleEndedIterator<Item = FrameNumber> + '_ {
        self.first.iter().chain(&self.rest).copied()
    }

    /// The oldest frame that waits.
    pub(crate) fn first(&self) -> Option<FrameNumber> {
        self.first
    }

    /// Whether a frame of `size` bytes still fits. An empty mailbox takes any one frame.
    pub(crate) fn fits(&self, size: u32) -> bool {
        self.first.is_none()
            || (self.events < self.bounds.events_max
                && self.bytes.saturating_add(size) <= self.bounds.bytes_max)
    }

    /// Puts a frame at the end, past the bounds if need be: the caller has asked [`Self::fits`], or
    /// hands over a page, which has bounds of its own.
    pub(crate) fn push(&mut self, number: FrameNumber, frames: &mut Frames) {
        frames.hold(number);
        self.bytes = self.bytes.saturating_add(frames.size(number));
        self.events += 1;
        match self.first {
            None => self.first = Some(number),
            Some(_) => self.rest.push_back(number),
        }
    }

    /// Takes the oldest frame out. It stays held in `frames` until the caller releases it.
    pub(crate) fn pop(&mut self, frames: &Frames) -> Option<FrameNumber> {
        let number = self.first.take()?;
        self.bytes = self.bytes.saturating_sub(frames.size(number));
        self.events -= 1;
        if self.events > 0 {
            self.first = self.rest.pop_front();
            if self.rest.is_empty() && self.rest.capacity() > KEPT_CAPACITY_MAX {
                self.rest = VecDeque::new();
            }
        }
        Some(number)
    }

    /// Drops the oldest frames until one of `size` bytes fits; answers how many went.
    pub(crate) fn make_room(&mut self, size: u32, frames: &mut Frames) -> u32 {
        let mut dropped = 0;
        while !self.fits(size) {
            let Some(number) = self.pop(frames) else {
                break;
            };
            frames.release(number);
            dropped += 1;
        }
        dropped
    }

    /// Drops the waiting frame whose canonical topic is that of `number`; false where there is none.
    /// The newer one goes to the end, not into its place: ids on a stream keep the order of the log.
    pub(crate) fn conflate(&mut self, number: FrameNumber, frames: &mut Frames) -> bool {
        let topic = frames.canonical_topic(number);
        let Some(at) = self
            .numbers()
            .position(|n| frames.canonical_topic(n) == topic)
        else {
            return false;
        };
        let old = match at.checked_sub(1) {
            None => std::mem::replace(&mut self.first, self.rest.pop_front()),
            Some(behind) => self.rest.remove(behind),
        };
        if let Some(old) = old {
            self.events -= 1;
            self.bytes = self.bytes.saturating_sub(frames.size(old));
            frames.release(old);
        }
        true
    }

    /// Drops frames behind which a newer one of the same canonical topic waits, or comes as `number`, the
    /// oldest first, until `number` fits or there is none left.
    pub(crate) fn drop_superseded(&mut self, number: FrameNumber, frames: &mut Frames) {
        let size = frames.size(number);
        if self.fits(size) {
            return;
        }
        let newest = self.newest_before(number, frames);
        if newest.len() == self.events as usize {
            return;
        }
        let waiting: Vec<FrameNumber> = self.numbers().collect();
        let mut kept = VecDeque::with_capacity(waiting.len());
        for number in waiting {
            if newest.contains(&number) || self.fits(size) {
                kept.push_back(number);
                continue;
            }
            self.events -= 1;
            self.bytes = self.bytes.saturating_sub(frames.size(number));
            frames.release(number);
        }
        self.first = kept.pop_front();
        self.rest = kept;
    }

    /// The newest frame of each topic but that of `number`.
    fn newest_before(&self, number: FrameNumber, frames: &Frames) -> HashSet<FrameNumber> {
        let mut topics = HashSet::from([frames.canonical_topic(number)]);
        let newest = self.numbers().rev();
        newest
            .filter(|&number| topics.insert(frames.canonical_topic(number)))
            .collect()
    }

    /// Drops everything; answers the offset of the oldest frame that waited.
    pub(crate) fn clear(&mut self, frames: &mut Frames) -> Option<Offset> {
        let first = self.first().map(|n| frames.offset(n));
        for number in self.first.take().into_iter().chain(self.rest.drain(..)) {
            frames.release(number);
        }
        self.rest = VecDeque::new();
        self.events = 0;
        self.bytes = 0;
        first
    }

    /// Bounds as the policy wants them, lowered to the host's ceilings; an `events_max` of 0 means 1.
    pub(crate) fn clamp(wanted: MailboxBounds, ceilings: &MailboxConfig) -> MailboxBounds {
        MailboxBounds {
            events_max: wanted.events_max.clamp(1, ceilings.events_max.max(1)),
            bytes_max: wanted.bytes_max.min(ceilings.bytes_max),
            when_full: wanted.when_full,
        }
    }
}
