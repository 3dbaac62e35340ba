//! One thread's part of the hub.

use std::rc::Rc;
use std::sync::Arc;

use crate::{Hub, Opened, Refused, Subscription};

/// One thread's part of the hub: its connections' subscribers and its own policy instances. Lives on
/// one thread, inside a `tokio::task::LocalSet`.
pub struct Shard {}

impl Shard {
    /// Starts shard `index` of `hub` on this thread: its tasks run in the current `LocalSet`.
    pub fn start(_hub: &Arc<Hub>, _index: usize) -> Rc<Self> {
        todo!()
    }

    /// Opens a stream.
    ///
    /// # Errors
    /// Where the policy refuses it, the tenant is full, or the hub is closing.
    pub async fn subscribe(&self, _subscription: Subscription) -> Result<Opened, Refused> {
        todo!()
    }
}
