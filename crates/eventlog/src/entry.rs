//! One event in its place in the log.

use std::sync::OnceLock;

use umbel_event::{Event, Offset};
use umbel_sse::Frame;

/// A logged event. Its frame is encoded when it is first asked for and shared by the whole process; a
/// log may forget the frame of an event that nobody holds any more.
#[derive(Debug)]
pub struct Entry {
    /// Its place.
    pub offset: Offset,
    /// The event.
    pub event: Event,
    frame: OnceLock<Frame>,
}

impl Entry {
    /// An event at its place.
    #[must_use]
    pub fn new(offset: Offset, event: Event) -> Self {
        Self {
            offset,
            event,
            frame: OnceLock::new(),
        }
    }

    /// What goes out on the stream.
    pub fn frame(&self) -> &Frame {
        self.frame.get_or_init(|| Frame::event(&self.event))
    }

    /// Gives the frame back; whoever asks next encodes it anew.
    pub(crate) fn forget_frame(&mut self) -> Option<Frame> {
        self.frame.take()
    }

    /// Whether the frame is there.
    #[cfg(test)]
    pub(crate) fn is_encoded(&self) -> bool {
        self.frame.get().is_some()
    }
}
