//! `…/shadow`: a candidate beside the policy.

use std::sync::Arc;

use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;
use umbel_hub::{ShadowReport, Tenant};
use warp::reply::Response;

use super::admin_error::AdminError;
use super::answer::json;
use super::audit::Deed;
use super::query;
use crate::config::TenantName;
use crate::server::{Tenancy, Upload};

/// More batches apart than this compare nothing that tells anything.
const SAMPLE_MAX: u32 = 1_000_000;

/// What was found so far.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Found<'a> {
    digest: &'a str,
    name: &'a str,
    version: &'a str,
    /// Of so many batches one is compared.
    sample: u32,
    report: ShadowReport,
}

/// Which batches are compared: one of so many.
///
/// # Errors
/// Where the query says something else than a number.
pub(super) fn sample(query: &str) -> Result<u32, AdminError> {
    let Some(text) = query::value(query, "sample") else {
        return Ok(1);
    };
    let sample = text.parse().ok().filter(|n| (1..=SAMPLE_MAX).contains(n));
    sample.ok_or(AdminError::Query {
        name: "sample",
        what: "write a number from 1 to 1000000: of so many batches one is compared",
    })
}

/// Begins to compare.
pub(super) async fn begin(
    tenancy: Arc<Tenancy>,
    tenant: TenantName,
    upload: Upload,
    sample: u32,
    (who, slot): (String, OwnedSemaphorePermit),
) -> Response {
    let begun = tenancy.shadow(&tenant, upload, sample).await;
    drop(slot);
    let begun = begun.map_err(AdminError::from);
    let digest = begun.as_deref().unwrap_or_default();
    let deed = Deed {
        who: &who,
        what: "begin shadow",
        tenant: tenant.as_str(),
        digest,
        ..Deed::default()
    };
    deed.note(begun.as_ref().map(drop));
    match begun.and_then(|digest| json(&serde_json::json!({ "digest": digest, "sample": sample })))
    {
        Ok(response) => response,
        Err(error) => error.response(),
    }
}

/// What was found so far.
///
/// # Errors
/// Where nothing is compared.
pub(super) fn report(tenant: &Tenant) -> Result<Response, AdminError> {
    let shadow = tenant.shadow().ok_or(AdminError::NoShadow)?;
    let about = shadow.about();
    json(&Found {
        digest: &about.digest,
        name: &about.name,
        version: &about.version,
        sample: shadow.sample(),
        report: shadow.report(),
    })
}

/// Ends comparing; answers what was found.
///
/// # Errors
/// Where nothing is compared.
pub(super) fn end(tenant: &Tenant) -> Result<Response, AdminError> {
    let found = report(tenant)?;
    tenant.set_shadow(None);
    Ok(found)
}
