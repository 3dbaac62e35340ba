//! `…/subscribers`.

use serde::Serialize;
use umbel_hub::{SubscriberInfo, Tenant};
use warp::reply::Response;

use super::admin_error::AdminError;
use super::answer::{json, nothing};

/// What is answered about who is there.
#[derive(Serialize)]
struct Listed {
    subscribers: Vec<SubscriberInfo>,
    /// Whether these are all: a shard tells of so many at most.
    complete: bool,
}

/// Who is there.
pub(super) async fn list(tenant: &Tenant) -> Result<Response, AdminError> {
    let subscribers = tenant.list().await;
    let complete = subscribers.len() >= tenant.subscribers();
    json(&Listed {
        subscribers,
        complete,
    })
}

/// Ends the stream of one.
pub(super) async fn end(tenant: &Tenant, id: &str) -> Result<Response, AdminError> {
    match tenant.end(id).await {
        true => Ok(nothing()),
        false => Err(AdminError::NoSubscriber),
    }
}
