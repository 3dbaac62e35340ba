//! The tenant whose component misbehaves.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use crate::publisher::Publisher;
use crate::stream::{follow, path};

const TENANT: &str = "intruder";
const SUBSCRIBERS: usize = 10;

/// The tenant whose component misbehaves once it is given something to do.
pub(crate) struct Intruder(SocketAddr);

impl Intruder {
    pub(crate) const fn new(hub: SocketAddr) -> Self {
        Self(hub)
    }

    /// Subscribes, and publishes so many events a second from now on.
    pub(crate) async fn begin(&self, rate: u32) {
        for _ in 0..SUBSCRIBERS {
            follow(self.0, TENANT, |_| {}).await;
        }
        let mut publisher = Publisher::new(self.0, &path(TENANT)).await;
        tokio::task::spawn_local(async move {
            let mut due = interval(Duration::from_secs(1) / rate);
            due.set_missed_tick_behavior(MissedTickBehavior::Skip);
            while publisher.post("topic=a&data=x").await.is_some() {
                due.tick().await;
            }
        });
    }
}
