//! `POST /v1/drain`: sending everyone elsewhere before the process ends.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde::Serialize;
use umbel_hub::{Hub, Tenant};
use warp::reply::Response;

use super::Admin;
use super::admin_error::AdminError;
use super::answer::json;
use super::query;
use crate::config::parse_duration;

const OVER_DEFAULT: Duration = Duration::from_secs(60);
const OVER_MAX: Duration = Duration::from_secs(3600);

/// How far apart streams end that end together.
const STEP: Duration = Duration::from_millis(250);

/// Streams of one tenant that are being ended at a time; fewer than a station takes orders for.
const AT_ONCE_MAX: usize = 32;

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Draining {
    /// Streams that are open now.
    subscribers: usize,
    over_ms: u128,
}

/// Has the hub turn away new work in `/readyz`, and its streams end spread over the time that `query`
/// says. There is no way back.
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
    let subscribers = hub.tenants().iter().map(|t| t.subscribers()).sum();
    tokio::spawn(async move { end_all(&hub, over).await });
    json(&Draining {
        subscribers,
        over_ms: over.as_millis(),
    })
}

/// Ends all streams, each step its share of those that are left: who comes back meanwhile is sent away
/// again.
async fn end_all(hub: &Hub, over: Duration) {
    let steps = over.as_millis().div_ceil(STEP.as_millis());
    let steps = usize::try_from(steps).unwrap_or(usize::MAX);
    for left in (1..=steps.max(1)).rev() {
        if steps > 0 {
            tokio::time::sleep(STEP).await;
        }
        for tenant in hub.tenants() {
            end_some(&tenant, left).await;
        }
    }
    tracing::info!("drained");
}

/// Ends one of `left` streams of `tenant`.
async fn end_some(tenant: &Tenant, left: usize) {
    let mut due = tenant.subscribers().div_ceil(left);
    while due > 0 {
        let listed = tenant.list().await.into_iter().take(due);
        let ended = stream::iter(listed)
            .map(async |subscriber| tenant.end(&subscriber.id).await)
            .buffer_unordered(AT_ONCE_MAX)
            .filter(|ended| std::future::ready(*ended))
            .count()
            .await;
        if ended == 0 {
            return;
        }
        due = due.saturating_sub(ended);
    }
}
