//! The bounded queue of one client.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::Notify;
use umbel_event::Topic;
use umbel_routing::{MailboxBounds, Verdict, WhenFull};
use umbel_sse::Frame;

/// Events and bytes that a policy may let wait for one client.
const EVENTS_MAX: u32 = 256;
const BYTES_MAX: u32 = 1 << 20;

/// The bounded queue of one client: the desk puts in, the connection takes out. It lives as long as the connection.
pub struct Mailbox {
    bounds: MailboxBounds,
    queue: Mutex<Queue>,
    something: Notify,
}

/// One event on its way.
#[derive(Clone)]
pub(crate) struct Parcel {
    pub(crate) topic: Topic,
    pub(crate) frame: Bytes,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(Instant, Parcel)>,
    bytes: usize,
    /// Events that were dropped since the client was last told.
    dropped: u64,
    ended: bool,
}

/// What waits in a mailbox.
pub(crate) struct Filling {
    pub(crate) events: u32,
    pub(crate) bytes: u32,
    pub(crate) oldest_ms: u32,
}

impl Mailbox {
    /// An empty one; bounds above the ceilings are lowered.
    pub(crate) fn new(wanted: MailboxBounds) -> Self {
        Self {
            bounds: MailboxBounds {
                events_max: wanted.events_max.clamp(1, EVENTS_MAX),
                bytes_max: wanted.bytes_max.min(BYTES_MAX),
                when_full: wanted.when_full,
            },
            queue: Mutex::default(),
            something: Notify::new(),
        }
    }

    pub(crate) fn when_full(&self) -> WhenFull {
        self.bounds.when_full
    }

    /// Puts `parcel` in where it fits, and says whether it does. An empty mailbox takes any one; where the stream is
    /// to end nothing is missed any more.
    pub(crate) fn offer(&self, parcel: &Parcel) -> bool {
        let mut queue = self.queue();
        if queue.ended {
            return true;
        }
        let fits = self.fits(&queue, parcel);
        if fits {
            self.put(&mut queue, parcel);
        }
        fits
    }

    /// Carries out what was decided about a parcel that does not fit. There is no log to catch up from: who would
    /// be fed has to come back.
    pub(crate) fn settle(&self, verdict: Verdict, parcel: &Parcel) {
        let mut queue = self.queue();
        match verdict {
            Verdict::DropNewest => queue.dropped += 1,
            Verdict::Conflate => {
                let same = |(_, p): &(Instant, Parcel)| p.topic == parcel.topic;
                if let Some(at) = queue.waiting.iter().position(same) {
                    queue.remove(at);
                }
                self.make_room(&mut queue, parcel);
            }
            Verdict::DropOldest => self.make_room(&mut queue, parcel),
            Verdict::CatchUp | Verdict::Disconnect => queue.ended = true,
        }
        self.something.notify_one();
    }

    /// Ends the stream, once what waits has been taken.
    pub(crate) fn end(&self) {
        self.queue().ended = true;
        self.something.notify_one();
    }

    pub(crate) fn filling(&self) -> Filling {
        let queue = self.queue();
        let oldest_ms = queue
            .waiting
            .front()
            .map_or(0, |(since, _)| since.elapsed().as_millis());
        Filling {
            events: u32::try_from(queue.waiting.len()).unwrap_or(u32::MAX),
            bytes: u32::try_from(queue.bytes).unwrap_or(u32::MAX),
            oldest_ms: u32::try_from(oldest_ms).unwrap_or(u32::MAX),
        }
    }

    /// The next bytes for the client; none once the stream has ended.
    pub async fn next(&self) -> Option<Bytes> {
        loop {
            match self.queue().take() {
                Taken::Bytes(bytes) => return Some(bytes),
                Taken::End => return None,
                Taken::Nothing => {}
            }
            self.something.notified().await;
        }
    }

    fn make_room(&self, queue: &mut Queue, parcel: &Parcel) {
        while !self.fits(queue, parcel) {
            queue.remove(0);
            queue.dropped += 1;
        }
        self.put(queue, parcel);
    }

    fn fits(&self, queue: &Queue, parcel: &Parcel) -> bool {
        queue.waiting.is_empty()
            || (queue.waiting.len() < self.bounds.events_max as usize
                && queue.bytes + parcel.frame.len() <= self.bounds.bytes_max as usize)
    }

    fn put(&self, queue: &mut Queue, parcel: &Parcel) {
        queue.bytes += parcel.frame.len();
        queue.waiting.push_back((Instant::now(), parcel.clone()));
        self.something.notify_one();
    }

    /// Whoever panics with it leaves nothing half done.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Taken {
    Bytes(Bytes),
    Nothing,
    End,
}

impl Queue {
    /// What was dropped is told before what comes after it.
    fn take(&mut self) -> Taken {
        if self.dropped > 0 {
            let count = std::mem::take(&mut self.dropped);
            let gap = format!(r#"{{"cause": "dropped", "count": {count}}}"#);
            return Taken::Bytes(Frame::notice("umbel.gap", &gap).bytes());
        }
        match self.remove(0) {
            Some(parcel) => Taken::Bytes(parcel.frame),
            None if self.ended => Taken::End,
            None => Taken::Nothing,
        }
    }

    fn remove(&mut self, at: usize) -> Option<Parcel> {
        let (_, parcel) = self.waiting.remove(at)?;
        self.bytes -= parcel.frame.len();
        Some(parcel)
    }
}
