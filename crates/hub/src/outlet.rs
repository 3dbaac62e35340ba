//! What the hub may know of a connection: whether the kernel takes more.

use std::cell::Cell;

/// Shared between the owner of a socket and the stream that it carries: while the kernel takes
/// nothing more, the stream hands out nothing more, so that what waits stays in the bounded mailbox.
#[derive(Debug, Default)]
pub struct Outlet {
    blocked: Cell<bool>,
    given_up: Cell<bool>,
}

impl Outlet {
    /// The kernel did not take what was offered.
    pub fn block(&self) {
        self.blocked.set(true);
    }

    /// The kernel took something again. Answers whether it had been blocked: then the owner polls the
    /// stream again.
    pub fn unblock(&self) -> bool {
        self.blocked.replace(false)
    }

    /// The connection is given up because the kernel took nothing for the write timeout.
    pub fn give_up(&self) {
        self.given_up.set(true);
    }

    /// Whether the connection was given up.
    pub fn is_given_up(&self) -> bool {
        self.given_up.get()
    }

    /// Whether the kernel takes nothing at the moment.
    pub fn is_blocked(&self) -> bool {
        self.blocked.get()
    }
}
