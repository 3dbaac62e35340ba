//! The nouns of the hub: topics, ids, kinds, offsets and the event itself.
//!
//! Each is a newtype that cannot hold what the protocol or the event-stream format forbids, so that
//! whoever holds one need not look again. Pure: no IO, clock or randomness.
#![no_std]

extern crate alloc;

mod event;
mod event_id;
mod kind;
mod offset;
mod text;
mod topic;

pub use event::{Event, Topics, TopicsError};
pub use event_id::{EARLIEST, EventId, EventIdError, ID_BYTES_MAX};
pub use kind::{KIND_BYTES_MAX, Kind, KindError, RESERVED_KIND_PREFIX};
pub use offset::Offset;
pub use text::{TextError, check_text};
pub use topic::{ANY, Topic, TopicError};
