//! What a stream takes out of its mailbox.

use std::task::Context;

use bytes::{Bytes, BytesMut};
use umbel_event::Offset;
use umbel_sse::Frame;

use super::core::Core;
use super::frames::{FrameNumber, Frames};
use super::mailbox::Mailbox;
use super::registry::Ticket;
use super::subscriber::{Position, Subscriber};
use crate::Framing;
use crate::metrics::Tally;

/// Bytes of one shared concatenation; a larger frame goes out alone, uncopied.
const CONCATENATION_BYTES_MAX: usize = 64 * 1024;

/// The answer to a stream that asks for more.
pub(crate) enum Taken {
    /// Whole frames, to be written next.
    Bytes {
        /// The frames.
        bytes: Bytes,
        /// Whether there is more to take at once; where not, it is woken when there is.
        more: bool,
    },
    /// Nothing now; it is woken when there is something.
    Nothing,
    /// Nothing now, and the station is to feed it the next page.
    Hungry,
    /// It has ended.
    Gone,
}

/// The frames that some client took last, as one: whoever waits for the same ones shares them.
#[derive(Default)]
pub(crate) struct Concatenation {
    numbers: Vec<FrameNumber>,
    framing: Option<Framing>,
    freed: u64,
    bytes: Bytes,
}

impl Core {
    /// What the stream of `ticket` writes next: its opening block, a gap, what waits, a heartbeat.
    pub(crate) fn take(&mut self, ticket: Ticket, cx: &Context<'_>) -> Taken {
        let now_ms = self.now_ms();
        let Some(subscriber) = self.registry.get_mut(ticket) else {
            return Taken::Gone;
        };
        let framing = subscriber.framing;
        if subscriber.is_blocked() {
            subscriber.waker = Some(cx.waker().clone());
            return Taken::Nothing;
        }
        let bytes = if !subscriber.flags.opened {
            subscriber.flags.opened = true;
            let retry_ms = crate::clock::millis(self.tenant.config.stream.retry);
            let retry = Frame::retry(u32::try_from(retry_ms).unwrap_or(u32::MAX));
            Some(framing.bytes(&retry))
        } else if let Some(gap) = subscriber.gap.take() {
            Some(framing.bytes(&gap.frame()))
        } else if !subscriber.mailbox.is_empty() {
            let mut taking = Taking {
                frames: &mut self.frames,
                shared: &mut self.concatenation,
                tally: &mut self.tally,
                now_ms,
            };
            Some(taking.frames_of(subscriber))
        } else if let Position::Fed { next, asked: false } = subscriber.position {
            subscriber.position = Position::Fed { next, asked: true };
            subscriber.waker = Some(cx.waker().clone());
            return Taken::Hungry;
        } else if subscriber.flags.beat_due {
            let checkpoint = self.tenant.config.stream.checkpoint;
            Some(framing.bytes(&beat(subscriber, self.last_public.as_ref(), checkpoint)))
        } else {
            None
        };
        if bytes.is_some() {
            // Whatever is written breaks the silence that a heartbeat is for.
            subscriber.flags.beat_due = false;
            subscriber.times.written_ms = now_ms;
            subscriber.times.stalled_ms = None;
        }
        let more = bytes.is_some() && subscriber.has_waiting();
        let known = subscriber
            .waker
            .as_ref()
            .is_some_and(|w| w.will_wake(cx.waker()));
        if !more && !known {
            subscriber.waker = Some(cx.waker().clone());
        }
        bytes.map_or(Taken::Nothing, |bytes| Taken::Bytes { bytes, more })
    }
}

/// A comment, or, for a live client that was filtered away, the id that it may resume from.
fn beat(
    subscriber: &mut Subscriber,
    last_public: Option<&(Offset, umbel_event::EventId)>,
    checkpoint: bool,
) -> Frame {
    if let (Position::Live { since }, Some((offset, id)), true) =
        (subscriber.position, last_public, checkpoint)
        && *offset > subscriber.told
        && *offset >= since
    {
        subscriber.told = *offset;
        return Frame::checkpoint(id);
    }
    Frame::comment()
}

struct Taking<'a> {
    frames: &'a mut Frames,
    shared: &'a mut Concatenation,
    tally: &'a mut Tally,
    now_ms: u64,
}

impl Taking<'_> {
    /// Takes as many waiting frames as go into one piece; at least one.
    fn frames_of(&mut self, subscriber: &mut Subscriber) -> Bytes {
        let waiting = subscriber.mailbox.events();
        let piece = piece_len(&subscriber.mailbox, self.frames);
        let bytes = match subscriber.mailbox.first() {
            Some(one) if piece == 1 => subscriber.framing.bytes(self.frames.frame(one)),
            _ => self.shared.of(subscriber, piece, self.frames),
        };
        for _ in 0..piece {
            let Some(number) = subscriber.mailbox.pop(self.frames) else {
                break;
            };
            subscriber.told = self.frames.offset(number);
            self.tally
                .delivered(self.now_ms.saturating_sub(self.frames.accepted_ms(number)));
            self.frames.release(number);
        }
        self.tally.wrote(bytes.len(), waiting);
        bytes
    }
}

/// How many of the waiting frames go into one piece; at least one.
fn piece_len(mailbox: &Mailbox, frames: &Frames) -> usize {
    if mailbox.events() == 1 {
        return 1;
    }
    let mut bytes = 0;
    let fitting = mailbox.numbers().take_while(|&number| {
        bytes += frames.frame(number).len();
        bytes <= CONCATENATION_BYTES_MAX
    });
    fitting.count().max(1)
}

impl Concatenation {
    /// The first `piece` frames as one; made anew only where the last ones asked for were others.
    fn of(&mut self, subscriber: &Subscriber, piece: usize, frames: &Frames) -> Bytes {
        let numbers = || subscriber.mailbox.numbers().take(piece);
        let same = self.framing == Some(subscriber.framing)
            && self.freed == frames.freed()
            && numbers().eq(self.numbers.iter().copied());
        if !same {
            let pieces = || numbers().map(|n| subscriber.framing.bytes(frames.frame(n)));
            let mut bytes = BytesMut::with_capacity(pieces().map(|p| p.len()).sum());
            pieces().for_each(|piece| bytes.extend_from_slice(&piece));
            self.bytes = bytes.freeze();
            self.numbers = numbers().collect();
            self.framing = Some(subscriber.framing);
            self.freed = frames.freed();
        }
        self.bytes.clone()
    }
}
