//! The way of an operator's request.

use std::sync::Arc;
use std::time::Instant;

use bytes::Buf;
use futures_util::Stream;
use tokio::sync::OwnedSemaphorePermit;
use umbel_engine::ComponentKind;
use warp::Filter;
use warp::filters::path::FullPath;
use warp::reply::Response;

use super::access::{check_page, check_token};
use super::admin_error::AdminError;
use super::answer::{json, typed};
use super::audit::{Deed, who};
use super::changing::change;
use super::openapi::OPENAPI;
use super::route::{Action, Found};
use super::status::Status;
use super::tenants::{TenantLine, TenantView};
use super::upload::read_upload;
use super::{Uploads, drain as draining, query, recording, shadowing, subscribers};
use crate::config::{AdminAccess, TenantSettings};
use crate::http::{Asked, Health, Later, Routes, asked, drain, health_routes};
use crate::server::{Order, Tenancy, Wanted};
use crate::telemetry::{self, ConnectionMetrics, Metrics};

/// What the operator's listener knows.
pub(crate) struct Admin {
    /// Who may use it.
    pub(crate) access: AdminAccess,
    /// Whether the hub wants work.
    pub(crate) health: Arc<Health>,
    /// Everything that is measured.
    pub(crate) metrics: Metrics,
    /// What is counted of connections.
    pub(crate) connections: ConnectionMetrics,
    /// How many shards there are.
    pub(crate) shards: usize,
    /// The tenants, and what decides for them.
    pub(crate) tenancy: Arc<Tenancy>,
    /// When the process began to serve.
    pub(crate) started: Instant,
    /// How often components were sent.
    pub(crate) uploads: Uploads,
}

/// The surface of the operator's listener. Health and metrics need no token; other web pages are kept
/// out of everything but health.
pub(crate) fn admin_routes(admin: &Arc<Admin>) -> Routes {
    let health = health_routes(Arc::clone(&admin.health));
    let admin = Arc::clone(admin);
    let all = warp::path::full()
        .and(asked())
        .and(warp::body::stream())
        .then(move |path: FullPath, asked: Asked, body| {
            let admin = Arc::clone(&admin);
            async move { admin.answer(path.as_str(), &asked, body).await }
        });
    health.or(all).unify().boxed()
}

impl Admin {
    async fn answer<S, B, E>(&self, path: &str, asked: &Asked, body: S) -> Response
    where
        S: Stream<Item = Result<B, E>>,
        B: Buf,
    {
        let found = match self.admit(path, asked) {
            Ok(found) => found,
            Err(error) => {
                drain(body).await;
                return error.response();
            }
        };
        let by = who(&asked.headers, asked.peer);
        let done = match found.action {
            Action::Deploy(_) | Action::BeginShadow => {
                self.upload(found, asked, by.clone(), body).await
            }
            Action::TakeBack(kind) => {
                self.order(found, asked, by.clone(), kind, Wanted::Configured)
            }
            Action::RollBack(kind) => self.order(found, asked, by.clone(), kind, Wanted::Previous),
            Action::Record => {
                drain(body).await;
                self.record(found, asked, by.clone())
            }
            _ => {
                drain(body).await;
                self.at_once(found, asked)
                    .await
                    .inspect(|_| note(found, &by, Ok(())))
            }
        };
        done.unwrap_or_else(|error| {
            note(found, &by, Err(&error));
            error.response()
        })
    }

    /// What is asked for, by somebody who may.
    fn admit<'a>(&self, path: &'a str, asked: &Asked) -> Result<Found<'a>, AdminError> {
        check_page(&asked.headers)?;
        let found = Found::of(&asked.method, path)?;
        if found.action.needs_token() {
            let allowed = check_token(&self.access, &asked.headers).map_err(AdminError::from);
            allowed.inspect_err(|error| {
                tracing::warn!(%error, "admin request refused");
                let by = who(&asked.headers, asked.peer);
                note(found, &by, Err(error));
            })?;
        }
        Ok(found)
    }

    /// What takes no time.
    async fn at_once(&self, found: Found<'_>, asked: &Asked) -> Result<Response, AdminError> {
        let tenant = || self.tenancy.tenant(found.tenant);
        match found.action {
            Action::Metrics => match self.metrics.text() {
                Ok(text) => Ok(typed(text, telemetry::CONTENT_TYPE)),
                Err(error) => {
                    tracing::error!(%error, "the metrics could not be written");
                    Err(AdminError::Answer("the metrics"))
                }
            },
            Action::Status => json(&Status::of(self)),
            Action::OpenApi => Ok(typed(OPENAPI, "application/json")),
            Action::Tenants => json(&TenantLine::all(&self.tenancy)),
            Action::Tenant => {
                let (settings, tenant) = tenant()?;
                let record = self.tenancy.deployments.record(&settings.name);
                json(&TenantView::of(&settings, &tenant, &record))
            }
            Action::Shadow => shadowing::report(&tenant()?.1),
            Action::EndShadow => shadowing::end(&tenant()?.1),
            Action::Subscribers => subscribers::list(&tenant()?.1).await,
            Action::EndSubscriber => subscribers::end(&tenant()?.1, found.id).await,
            Action::Drain => draining::drain(self, &asked.query),
            Action::Deploy(_)
            | Action::TakeBack(_)
            | Action::RollBack(_)
            | Action::BeginShadow
            | Action::Record => Err(AdminError::NotFound),
        }
    }

    /// Reads a component, and has it looked at.
    async fn upload<S, B, E>(
        &self,
        found: Found<'_>,
        asked: &Asked,
        by: String,
        body: S,
    ) -> Result<Response, AdminError>
    where
        S: Stream<Item = Result<B, E>>,
        B: Buf,
    {
        let (settings, slot) = match self.begin_upload(found, asked) {
            Ok(begun) => begun,
            Err(error) => {
                drain(body).await;
                return Err(error);
            }
        };
        let bytes_max = settings.limits.component_bytes_max;
        let mut upload = read_upload(&asked.headers, body, bytes_max).await?;
        let tenancy = Arc::clone(&self.tenancy);
        if let Action::Deploy(kind) = found.action {
            upload.origin = origin(asked)?;
            let order = Order {
                tenant: settings.name,
                kind,
                wanted: Wanted::Upload(upload),
                allow_refusals: allow_refusals(asked)?,
                by,
            };
            let work = change(tenancy, order, deed(found), Some(slot));
            return Ok(Later::reply(tokio::spawn(work)));
        }
        let sample = shadowing::sample(&asked.query)?;
        let work = shadowing::begin(tenancy, settings.name, upload, sample, (by, slot));
        Ok(Later::reply(tokio::spawn(work)))
    }

    /// Whether a component may be sent: looked at before it is.
    fn begin_upload(
        &self,
        found: Found<'_>,
        asked: &Asked,
    ) -> Result<(TenantSettings, OwnedSemaphorePermit), AdminError> {
        let (settings, _) = self.tenancy.tenant(found.tenant)?;
        match found.action {
            Action::BeginShadow => drop(shadowing::sample(&asked.query)?),
            _ => drop((allow_refusals(asked)?, origin(asked)?)),
        }
        let slot = self.uploads.begin(found.tenant, Instant::now())?;
        Ok((settings, slot))
    }

    /// Listens to the policy for a while.
    fn record(&self, found: Found<'_>, asked: &Asked, by: String) -> Result<Response, AdminError> {
        let (_, tenant) = self.tenancy.tenant(found.tenant)?;
        let order = recording::Order::of(&asked.query)?;
        let work = recording::record(tenant, order, by);
        Ok(Later::reply(tokio::spawn(work)))
    }

    /// A change that needs no upload.
    fn order(
        &self,
        found: Found<'_>,
        asked: &Asked,
        by: String,
        kind: ComponentKind,
        wanted: Wanted,
    ) -> Result<Response, AdminError> {
        let order = Order {
            tenant: self.tenancy.tenant(found.tenant)?.0.name,
            kind,
            wanted,
            allow_refusals: allow_refusals(asked)?,
            by,
        };
        let work = change(Arc::clone(&self.tenancy), order, deed(found), None);
        Ok(Later::reply(tokio::spawn(work)))
    }
}

fn allow_refusals(asked: &Asked) -> Result<bool, AdminError> {
    query::flag(&asked.query, "allow-refusals")
}

fn origin(asked: &Asked) -> Result<Option<String>, AdminError> {
    query::note(&asked.query, "origin")
}

fn deed(found: Found<'_>) -> &'static str {
    found.action.deed().unwrap_or_default()
}

/// Notes what was changed, where anything was to be.
fn note(found: Found<'_>, by: &str, result: Result<(), &AdminError>) {
    if let Some(deed) = found.action.deed() {
        let deed = Deed {
            who: by,
            what: deed,
            tenant: found.tenant,
            subscriber: found.id,
            digest: "",
        };
        deed.note(result);
    }
}
