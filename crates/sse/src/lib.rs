//! The event-stream format (WHATWG HTML, section 9.2): encode once, decode incrementally.
//!
//! Nothing else in the hub writes or reads event-stream bytes. Rules are named F1 to F20 after the
//! rules in `ARCHITECTURE.md`. Pure: no IO.

mod block;
mod decoder;
mod frame;
mod limits;
mod message;

pub use decoder::Decoder;
pub use frame::Frame;
pub use limits::{DecodeError, Limits};
pub use message::{DEFAULT_KIND, Message};
