//! Accepts connections and deals them out.

use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};

use super::crew::Crew;

/// Pauses after a failed accept: the first, and the longest. Where no file is free, trying again at
/// once would only burn the processor.
const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Accepts connections for as long as it is polled and gives each to the shard with the fewest. At
/// `connections_max` a connection is closed at once: its client tries again by itself.
pub(super) async fn accept(listener: TcpListener, crew: &Crew, connections_max: usize) {
    let mut full = false;
    let mut pause = PAUSE_MIN;
    loop {
        let accepted = listener.accept().await;
        let (stream, remote) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
                continue;
            }
        };
        pause = PAUSE_MIN;
        let was_full = std::mem::replace(&mut full, crew.load() >= connections_max);
        if full {
            crew.metrics().refused.inc();
            if !was_full {
                tracing::warn!(connections_max, "the limit of connections is reached");
            }
            continue;
        }
        hand_over(stream, remote, crew).await;
    }
}

async fn hand_over(stream: TcpStream, remote: std::net::SocketAddr, crew: &Crew) {
    match stream.into_std() {
        Ok(stream) => crew.hand_over(stream, remote).await,
        Err(error) => tracing::debug!(%error, "a connection ended while it was accepted"),
    }
}
