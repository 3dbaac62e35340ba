//! Opens the streams of a run.

use std::net::SocketAddr;

use anyhow::Context;
use form_urlencoded::Serializer;
use futures_util::StreamExt;
use futures_util::stream::iter;

use super::plan::Plan;
use super::progress::{Phase, Progress, ratio};
use super::subscriber::Subscriber;
use crate::client::HubUrl;

/// Streams that are opened at once: a hub whose backlog is full makes everyone wait a second.
const OPENING_MAX: usize = 128;

/// Opens all streams, in no particular order, each with the index of its subscriber.
///
/// # Errors
/// Where one of them cannot be opened: the rest would be another run than the one that was asked for.
pub async fn open(
    hub: &HubUrl,
    token: Option<&str>,
    plan: &Plan,
    topics: &[String],
    tell: &dyn Fn(Progress),
) -> anyhow::Result<Vec<(usize, Subscriber)>> {
    let address = resolve(hub).await?;
    let mut opening = iter(0..plan.subscribers)
        .map(|index| {
            let request = request(hub, token, &topics[plan.topic_of(index)]);
            let stream = Subscriber::open(address, request, plan.is_slow(index));
            async move { (index, stream.await) }
        })
        .buffer_unordered(OPENING_MAX);
    let mut open = Vec::with_capacity(plan.subscribers);
    while let Some((index, stream)) = opening.next().await {
        let stream = stream.with_context(|| format!("with {} streams open", open.len()))?;
        open.push((index, stream));
        tell(Progress {
            phase: Phase::Connecting,
            fraction: ratio(open.len() as u64, plan.subscribers as u64),
            deliveries: 0,
        });
    }
    Ok(open)
}

async fn resolve(hub: &HubUrl) -> anyhow::Result<SocketAddr> {
    let found = tokio::net::lookup_host((hub.host.as_str(), hub.port))
        .await
        .with_context(|| format!("cannot find {}", hub.host))?
        .next();
    found.with_context(|| format!("{} has no address", hub.host))
}

fn request(hub: &HubUrl, token: Option<&str>, topic: &str) -> String {
    let mut query = Serializer::new(String::new());
    let query = query.append_pair("topic", topic).finish();
    let (path, authority) = (&hub.path, &hub.authority);
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n"));
    format!(
        "GET {path}?{query} HTTP/1.1\r\nHost: {authority}\r\nAccept: text/event-stream\r\n\
         Cache-Control: no-store\r\n{}\r\n",
        token.unwrap_or_default()
    )
}
