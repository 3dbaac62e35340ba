//! `GET …/trace`: what the policy is asked, and what it answers.

use std::str::FromStr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use umbel_hub::{About, TapError, Tenant};
use umbel_routing::conformance::TraceHeader;
use warp::reply::Response;

use super::admin_error::AdminError;
use super::answer::typed;
use super::audit::Deed;
use super::query;
use super::tape::{Room, tape};

/// How long is recorded unless the query says otherwise, and at most.
const SECONDS_DEFAULT: u64 = 60;
const SECONDS_MAX: u64 = 600;
/// Events that are recorded, likewise.
const EVENTS_DEFAULT: usize = 100_000;
const EVENTS_MAX: usize = 1_000_000;
/// Bytes that are recorded, likewise.
const BYTES_DEFAULT: usize = 16 << 20;
const BYTES_MAX: usize = 64 << 20;

/// What is recorded, and how much of it: what is over a limit is lowered to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    time: Duration,
    room: Room,
    /// With payloads and claims as they are.
    whole: bool,
    /// The shard whose instance is meant; the first one with subscribers where none is named.
    shard: Option<usize>,
}

impl Order {
    /// What the query says.
    ///
    /// # Errors
    /// Where it says something else.
    pub(super) fn of(query: &str) -> Result<Self, AdminError> {
        let seconds: Option<u64> = number(query, "seconds")?;
        let events: Option<usize> = number(query, "events")?;
        let bytes: Option<usize> = number(query, "bytes")?;
        Ok(Self {
            time: Duration::from_secs(seconds.unwrap_or(SECONDS_DEFAULT).min(SECONDS_MAX)),
            room: Room {
                events: events.unwrap_or(EVENTS_DEFAULT).min(EVENTS_MAX),
                bytes: bytes.unwrap_or(BYTES_DEFAULT).min(BYTES_MAX),
            },
            whole: query::flag(query, "whole")?,
            shard: number(query, "shard")?,
        })
    }
}

/// Records, and answers the trace once its time is over, it is full, or the instance is gone. Noted when
/// it ends.
pub(super) async fn record(tenant: Arc<Tenant>, order: Order, who: String) -> Response {
    let recorded = recorded(&tenant, order).await;
    let deed = Deed {
        who: &who,
        what: match order.whole {
            true => "record whole trace",
            false => "record trace",
        },
        tenant: tenant.name(),
        ..Deed::default()
    };
    deed.note(recorded.as_ref().map(drop));
    match recorded {
        Ok(text) => typed(text, "application/x-ndjson"),
        Err(error) => error.response(),
    }
}

async fn recorded(tenant: &Tenant, order: Order) -> Result<Vec<u8>, AdminError> {
    let header = TraceHeader {
        tenant: tenant.name().to_owned(),
        whole: order.whole,
        begun_ms: unix_ms(),
        ..TraceHeader::default()
    };
    let key = match order.whole {
        true => None,
        false => Some(key()?),
    };
    let (recorder, reel) = tape(order.room, header, key);
    let make = move |about: &About| -> Box<dyn umbel_routing::Tap> {
        Box::new(recorder.of(component(about)))
    };
    tenant.tap(order.shard, Box::new(make)).await?;
    tokio::select! {
        () = tokio::time::sleep(order.time) => {}
        () = reel.ended() => {}
    }
    let tape = reel.take();
    let written = tokio::task::spawn_blocking(move || tape.write()).await;
    let written = written.map_err(anyhow::Error::new);
    let written = written.and_then(|text| text.map_err(anyhow::Error::new));
    written.map_err(|error| {
        tracing::error!(%error, "a trace could not be written");
        AdminError::Answer("the trace")
    })
}

/// What answers, as a trace names it.
fn component(about: &About) -> String {
    match about.digest.is_empty() {
        true => about.source.clone(),
        false => format!("sha256:{}", about.digest),
    }
}

/// Of each trace another one, so that claims cannot be told from their hashes by trying.
fn key() -> Result<[u8; 16], AdminError> {
    let mut key = [0; 16];
    getrandom::fill(&mut key).map_err(|error| {
        tracing::error!(%error, "no randomness");
        AdminError::Answer("the trace")
    })?;
    Ok(key)
}

fn unix_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(0))
}

fn number<N: FromStr>(query: &str, name: &'static str) -> Result<Option<N>, AdminError> {
    let number = query::value(query, name).map(|text| text.parse());
    number.transpose().map_err(|_| AdminError::Query {
        name,
        what: "write a number",
    })
}

impl From<TapError> for AdminError {
    fn from(error: TapError) -> Self {
        Self::Trace(error)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{AdminError, BYTES_MAX, EVENTS_MAX, Order, Room};

    #[test]
    fn what_is_over_a_limit_is_lowered_to_it() {
        let most = u64::MAX;
        let query = format!("seconds={most}&events={most}&bytes={most}&whole=true&shard=3");
        let expected = Order {
            time: Duration::from_secs(600),
            room: Room {
                events: EVENTS_MAX,
                bytes: BYTES_MAX,
            },
            whole: true,
            shard: Some(3),
        };
        assert_eq!(Order::of(&query).unwrap(), expected);
        let usual = Order::of("").unwrap();
        assert_eq!(usual.time, Duration::from_secs(60));
        assert!(!usual.whole && usual.shard.is_none());
    }

    #[test]
    fn what_is_no_number_is_refused_by_its_name() {
        for name in ["seconds", "events", "bytes", "shard"] {
            let refused = Order::of(&format!("{name}=-1")).unwrap_err();
            assert!(matches!(refused, AdminError::Query { name: n, .. } if n == name));
        }
    }
}
