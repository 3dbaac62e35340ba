//! A tenant that has nothing to do with any of it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::witness::Witness;
use crate::rig::{Publisher, Subscriber, wait_until};

const NAME: &str = "neighbour";

/// Between two of its events.
const PAUSE: Duration = Duration::from_millis(20);

/// A publisher that never stops, and a subscriber who has to get all of it.
pub(super) struct Neighbour {
    witness: Witness,
    stop: watch::Sender<()>,
    publishing: JoinHandle<Vec<String>>,
}

impl Neighbour {
    pub(super) async fn settle(hub: SocketAddr) -> Self {
        let subscriber = Subscriber::of(hub, NAME, &["t"], &[]).await;
        let (stop, mut stopped) = watch::channel(());
        let publishing = tokio::spawn(async move {
            let mut publisher = Publisher::connect(hub).await.of(NAME);
            let mut published = Vec::new();
            while tokio::time::timeout(PAUSE, stopped.changed())
                .await
                .is_err()
            {
                let data = format!("{NAME}:{}", published.len());
                publisher.publish("t", &data).await;
                published.push(data);
            }
            published
        });
        Self {
            witness: Witness::new(subscriber),
            stop,
            publishing,
        }
    }

    /// It got every event, each once and in order, and nothing else.
    pub(super) async fn was_served_all_the_while(self) {
        self.stop.send(()).expect("it publishes");
        let published = self.publishing.await.expect("every event was taken");
        assert!(published.len() > 10, "{} events", published.len());
        let all = async || self.witness.events().len() >= published.len();
        wait_until(super::PATIENCE, "the neighbour is served", all).await;
        assert_eq!(self.witness.events(), published);
        assert!(!self.witness.has_ended());
    }
}
