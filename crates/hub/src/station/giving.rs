//! What a stream is given next, whoever carries it.

use bytes::Bytes;
use umbel_event::{EventId, Offset};
use umbel_sse::Frame;

use super::concatenation::Concatenation;
use super::core::Core;
use super::frames::Frames;
use super::registry::{Registry, Ticket};
use super::subscriber::{Position, Subscriber};
use crate::config::StreamConfig;
use crate::metrics::Tally;
use crate::outlet::{BUFFERS_MAX, Outlet, Written};

/// Bytes of one shared concatenation; what is larger goes out in its own buffers, uncopied.
const CONCATENATION_BYTES_MAX: usize = 64 * 1024;

/// What a stream is given next.
pub(crate) enum Next {
    /// This: its opening block, a gap, a heartbeat.
    Block(Bytes),
    /// What waits in its mailbox.
    Events,
    /// A page of the log, which the station has to fetch.
    Page,
    /// Nothing.
    Nothing,
}

/// Gives streams what waits for them; borrows what of a station that takes.
pub(crate) struct Giver<'a> {
    pub(crate) frames: &'a mut Frames,
    pub(crate) shared: &'a mut Concatenation,
    pub(crate) tally: &'a mut Tally,
    pub(crate) hungry: &'a mut Vec<Ticket>,
    stream: &'a StreamConfig,
    last_public: Option<&'a (Offset, EventId)>,
    now_ms: u64,
}

impl Core {
    /// The registry, and all that giving takes.
    pub(crate) fn giver(&mut self) -> (&mut Registry, Giver<'_>) {
        let giver = Giver {
            frames: &mut self.frames,
            shared: &mut self.concatenation,
            tally: &mut self.tally,
            hungry: &mut self.hungry,
            stream: &self.config.stream,
            last_public: self.last_public.as_ref(),
            now_ms: self.now,
        };
        (&mut self.registry, giver)
    }
}

impl Giver<'_> {
    /// What comes next; whoever asks gives it.
    pub(crate) fn next(&mut self, ticket: Ticket, subscriber: &mut Subscriber) -> Next {
        let next = if !subscriber.flags.opened {
            subscriber.flags.opened = true;
            let retry_ms = crate::clock::millis(self.stream.retry);
            let retry = Frame::retry(u32::try_from(retry_ms).unwrap_or(u32::MAX));
            Next::Block(subscriber.framing.bytes(&retry))
        } else if let Some(gap) = subscriber.gap.take() {
            Next::Block(subscriber.framing.bytes(&gap.frame()))
        } else if !subscriber.mailbox.is_empty() {
            Next::Events
        } else if let Position::Fed { next, asked: false } = subscriber.position {
            subscriber.position = Position::Fed { next, asked: true };
            self.hungry.push(ticket);
            return Next::Page;
        } else if subscriber.flags.beat_due {
            let beat = self.beat(subscriber);
            Next::Block(subscriber.framing.bytes(&beat))
        } else {
            return Next::Nothing;
        };
        // Whatever is written breaks the silence that a heartbeat is for.
        subscriber.flags.beat_due = false;
        subscriber.written_ms = self.now_ms;
        next
    }

    /// A comment, or, for a live client that was filtered away, the id that it may resume from.
    fn beat(&self, subscriber: &mut Subscriber) -> Frame {
        if let (Position::Live { since }, Some((offset, id)), true) = (
            subscriber.position,
            self.last_public,
            self.stream.checkpoint,
        ) && *offset > subscriber.told
            && *offset >= since
        {
            subscriber.told = *offset;
            return Frame::checkpoint(id);
        }
        Frame::comment()
    }

    /// Takes as many waiting frames as go into one piece, at least one, out of the mailbox.
    pub(crate) fn take_events(&mut self, subscriber: &mut Subscriber) -> Bytes {
        let count = self.piece(subscriber);
        let bytes = match subscriber.mailbox.first() {
            Some(one) if count == 1 => subscriber.framing.bytes(self.frames.frame(one)),
            _ => self.shared.of(subscriber, count, self.frames).clone(),
        };
        self.given(subscriber, count, bytes.len());
        bytes
    }

    /// Writes all that waits to the socket, and then whatever else there is to give, until there is
    /// nothing left or the kernel takes no more.
    pub(crate) fn write_all(
        &mut self,
        ticket: Ticket,
        subscriber: &mut Subscriber,
        outlet: &Outlet,
    ) -> Written {
        loop {
            let written = match self.next(ticket, subscriber) {
                Next::Block(bytes) => outlet.write(&bytes, |at| bytes.slice(at..)),
                Next::Events => self.write_events(subscriber, outlet),
                Next::Page | Next::Nothing => return Written::All,
            };
            if written != Written::All {
                return written;
            }
        }
    }

    /// One write of what waits in the mailbox, or as much of it as fits into one.
    fn write_events(&mut self, subscriber: &mut Subscriber, outlet: &Outlet) -> Written {
        let count = self.piece(subscriber);
        let framing = subscriber.framing;
        if let Some(one) = subscriber.mailbox.first()
            && count == 1
            && subscriber.mailbox.events() == 1
        {
            let frame = self.frames.frame(one);
            let slice = framing.slice(frame);
            let written = outlet.write(slice, |at| framing.bytes(frame).slice(at..));
            self.given(subscriber, 1, slice.len());
            return written;
        }
        let all = count == subscriber.mailbox.events() as usize;
        if all || count >= BUFFERS_MAX {
            let bytes = self.shared.of(subscriber, count, self.frames).clone();
            let written = outlet.write(&bytes, |at| bytes.slice(at..));
            self.given(subscriber, count, bytes.len());
            return written;
        }
        let numbers = subscriber.mailbox.numbers().take(BUFFERS_MAX);
        let pieces: Vec<Bytes> = numbers
            .map(|n| framing.bytes(self.frames.frame(n)))
            .collect();
        let (done, written) = outlet.write_many(&pieces);
        let bytes = pieces[..done].iter().map(Bytes::len).sum();
        self.given(subscriber, done, bytes);
        written
    }

    /// How many of the waiting frames go into one piece; at least one.
    fn piece(&self, subscriber: &Subscriber) -> usize {
        let mailbox = &subscriber.mailbox;
        if mailbox.bytes() as usize <= CONCATENATION_BYTES_MAX {
            return mailbox.events() as usize;
        }
        let mut bytes = 0;
        let fitting = mailbox.numbers().take_while(|&number| {
            bytes += self.frames.frame(number).len();
            bytes <= CONCATENATION_BYTES_MAX
        });
        fitting.count().max(1)
    }

    /// Takes `count` frames out of the mailbox: they were handed on, as so many bytes.
    fn given(&mut self, subscriber: &mut Subscriber, count: usize, bytes: usize) {
        let waiting = subscriber.mailbox.events();
        for _ in 0..count {
            let Some(number) = subscriber.mailbox.pop(self.frames) else {
                break;
            };
            subscriber.told = self.frames.offset(number);
            self.tally
                .delivered(self.now_ms.saturating_sub(self.frames.accepted_ms(number)));
            self.frames.release(number);
        }
        self.tally.wrote(bytes, waiting);
    }
}
