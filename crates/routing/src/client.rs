//! The handle of a connected subscriber.

/// A connected subscriber, as a policy knows it: dense from 0 within one instance, so that it can index
/// a table; used again only after the `leave` that names it has returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Client(pub u32);

impl Client {
    /// The handle as a table index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}
