//! Several frames as one, for all who wait for the same ones.

use bytes::{Bytes, BytesMut};

use super::frames::{FrameNumber, Frames};
use super::subscriber::Subscriber;
use crate::Framing;

/// The frames that some client was given last, as one: whoever waits for the same ones shares them.
#[derive(Default)]
pub(crate) struct Concatenation {
    numbers: Vec<FrameNumber>,
    framing: Option<Framing>,
    freed: u64,
    bytes: Bytes,
}

impl Concatenation {
    /// The first `count` frames as one; made anew only where the last ones asked for were others.
    pub(crate) fn of(&mut self, subscriber: &Subscriber, count: usize, frames: &Frames) -> &Bytes {
        let numbers = || subscriber.mailbox.numbers().take(count);
        let same = self.framing == Some(subscriber.framing)
            && self.freed == frames.freed()
            && numbers().eq(self.numbers.iter().copied());
        if !same {
            let pieces = || numbers().map(|n| subscriber.framing.slice(frames.frame(n)));
            let mut bytes = BytesMut::with_capacity(pieces().map(<[u8]>::len).sum());
            pieces().for_each(|piece| bytes.extend_from_slice(piece));
            self.bytes = bytes.freeze();
            self.numbers.clear();
            self.numbers.extend(numbers());
            self.framing = Some(subscriber.framing);
            self.freed = frames.freed();
        }
        &self.bytes
    }
}
