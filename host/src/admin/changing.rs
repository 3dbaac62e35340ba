//! `PUT`, `DELETE` and `POST …/rollback` of a policy or filter.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use warp::reply::Response;

use super::admin_error::AdminError;
use super::answer::json;
use super::audit::Deed;
use crate::server::{Done, Order, Tenancy};

/// What is answered once a change is made.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Changed<'a> {
    /// SHA-256 of what decides now; none where it has none.
    digest: Option<&'a str>,
    /// The same of what decided before.
    previous: Option<&'a str>,
    /// The first event that it decides on, as an offset of the log.
    cut: u64,
    prepared_ms: u128,
    /// Whether every shard has switched by now.
    complete: bool,
    /// Whether it will decide after a restart as well.
    survives_restart: bool,
}

impl<'a> Changed<'a> {
    fn of(done: &'a Done) -> Self {
        let known = |digest: &'a String| Some(digest.as_str()).filter(|d| !d.is_empty());
        Self {
            digest: known(&done.digest),
            previous: known(&done.previous),
            cut: done.deployed.cut.0,
            prepared_ms: done.deployed.prepared.as_millis(),
            complete: done.deployed.complete,
            survives_restart: done.survives_restart,
        }
    }
}

/// Carries `order` out to its end, whether or not somebody still waits for the answer.
pub(super) async fn change(
    tenancy: Arc<Tenancy>,
    order: Order,
    what: &'static str,
    upload: Option<OwnedSemaphorePermit>,
) -> Response {
    let (who, tenant) = (order.by.clone(), order.tenant.clone());
    let done = tenancy.change(order).await.map_err(AdminError::from);
    drop(upload);
    let digest = done.as_ref().map_or("", |done| done.digest.as_str());
    let deed = Deed {
        who: &who,
        what,
        tenant: tenant.as_str(),
        digest,
        ..Deed::default()
    };
    deed.note(done.as_ref().map(drop));
    match done.and_then(|done| json(&Changed::of(&done))) {
        Ok(response) => response,
        Err(error) => error.response(),
    }
}
