//! Listening to what a tenant's policy is asked.

use tokio::sync::oneshot;
use umbel_routing::Tap;

use super::{About, Tenant};
use crate::command::Command;

/// Makes who listens, once it is known to what.
pub type MakeTap = Box<dyn FnOnce(&About) -> Box<dyn Tap> + Send>;

/// Why nobody listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TapError {
    /// There is nobody for whom the policy is asked anything.
    #[error("nobody is connected there: a trace is of an instance, and there is none")]
    Nobody,
    /// Somebody listens already.
    #[error("the policy is being listened to already; try again when that has ended")]
    Busy,
}

impl Tenant {
    /// Has somebody listen to the policy instance of one shard, or of the first one with subscribers:
    /// told how it was configured and who is present, and then of each call, until it wants no more,
    /// or the instance is given up or replaced; then the tap is dropped. Answers the shard.
    ///
    /// # Errors
    /// Where there is nothing to listen to, or somebody listens already.
    pub async fn tap(&self, shard: Option<usize>, make: MakeTap) -> Result<usize, TapError> {
        let busy = || self.links.iter().position(|link| link.cursor().is_some());
        let shard = shard.or_else(busy).ok_or(TapError::Nobody)?;
        let link = self.links.get(shard).ok_or(TapError::Nobody)?;
        let (answer, answered) = oneshot::channel();
        if link.ask(Command::Tap(make, answer)).is_err() {
            return Err(TapError::Nobody);
        }
        match answered.await {
            Ok(true) => Ok(shard),
            Ok(false) => Err(TapError::Busy),
            Err(_) => Err(TapError::Nobody),
        }
    }
}
