//! What operators ask stations for.

use serde::Serialize;
use tokio::sync::oneshot;

use crate::{Hub, MakeTap, Tenant};

/// Subscribers that one station tells of at most.
pub(crate) const LISTED_MAX: usize = 10_000;

/// What an operator asks a station for; whoever does not get an answer asked in vain.
pub(crate) enum Command {
    /// Who is there.
    List(oneshot::Sender<Vec<SubscriberInfo>>),
    /// The stream of the subscriber with this serial is to end; answered whether there is one.
    End(u64, oneshot::Sender<bool>),
    /// Somebody wants to listen to the policy; answered whether nobody else does.
    Tap(MakeTap, oneshot::Sender<bool>),
}

/// A subscriber as operators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SubscriberInfo {
    /// Names it until it leaves: shard and number.
    pub id: String,
    /// What it asked for, as `matcher:pattern`.
    pub selectors: Vec<String>,
    /// Unix time in milliseconds.
    pub joined_ms: u64,
    /// Events waiting for it.
    pub mailbox_events: u32,
    /// Bytes waiting for it.
    pub mailbox_bytes: u32,
    /// Whether it is fed from the log.
    pub catching_up: bool,
}

impl Tenant {
    /// Its subscribers, at most 10,000 of each shard.
    pub async fn list(&self) -> Vec<SubscriberInfo> {
        let mut all = Vec::new();
        for link in &self.links {
            let (answer, answered) = oneshot::channel();
            if link.ask(Command::List(answer)).is_ok() {
                all.extend(answered.await.unwrap_or_default());
            }
        }
        all
    }

    /// Ends the stream of the subscriber with that id; answers whether there was one.
    pub async fn end(&self, id: &str) -> bool {
        let Some((shard, serial)) = parse_id(id) else {
            return false;
        };
        let Some(link) = self.links.get(shard) else {
            return false;
        };
        let (answer, answered) = oneshot::channel();
        link.ask(Command::End(serial, answer)).is_ok() && answered.await.unwrap_or(false)
    }
}

impl Hub {
    /// The id of a subscriber.
    pub(crate) fn subscriber_id(shard: usize, serial: u64) -> String {
        format!("{shard}-{serial}")
    }
}

fn parse_id(id: &str) -> Option<(usize, u64)> {
    let (shard, serial) = id.split_once('-')?;
    Some((shard.parse().ok()?, serial.parse().ok()?))
}
