//! `POST /v1/drain`: sending everyone elsewhere before the process ends.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use umbel_hub::Hub;
use warp::reply::Response;

use super::Admin;
use super::admin_error::AdminError;
use super::answer::json;
use super::query;
use crate::config::parse_duration;

const OVER_DEFAULT: Duration = Duration::from_secs(60);
const OVER_MAX: Duration = Duration::from_secs(3600);

/// How often it is looked at how far it is.
const LOOK: Duration = Duration::from_millis(250);

/// How much longer the last streams may take.
const LATE_MAX: Duration = Duration::from_secs(5);

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Draining {
    /// Streams that are open now.
    subscribers: usize,
    over_ms: u128,
}

/// Has the hub want no new work in `/readyz`, send newcomers away, and end its streams spread over the time that
/// `query` says. There is no way back.
///
/// # Errors
/// Where the time is none, or it is on its way already.
pub(super) fn drain(admin: &Admin, query: &str) -> Result<Response, AdminError> {
    let over = query::value(query, "over").map(|text| parse_duration(&text));
    let over = over
        .transpose()
        .ok()
        .filter(|over| over.is_none_or(|over| over <= OVER_MAX));
    let over = over.ok_or(AdminError::Query {
        name: "over",
        what: "write a duration up to 1h, as 60s",
    })?;
    let over = over.unwrap_or(OVER_DEFAULT);
    if !admin.health.is_ready() {
        return Err(AdminError::Draining);
    }
    admin.health.drain();
    let hub = Arc::clone(&admin.tenancy.hub);
    let subscribers = subscribers(&hub);
    hub.drain(over);
    tokio::spawn(async move { watch(&hub, over).await });
    json(&Draining {
        subscribers,
        over_ms: over.as_millis(),
    })
}

/// Tells when everyone has gone, or who has not.
async fn watch(hub: &Hub, over: Duration) {
    let late = tokio::time::Instant::now() + over + LATE_MAX;
    while subscribers(hub) > 0 && tokio::time::Instant::now() < late {
        tokio::time::sleep(LOOK).await;
    }
    match subscribers(hub) {
        0 => tracing::info!("drained"),
        left => tracing::warn!(left, "drained, but for some"),
    }
}

fn subscribers(hub: &Hub) -> usize {
    hub.tenants().iter().map(|t| t.subscribers()).sum()
}
