//! What the operator can ask for.

use std::sync::Arc;
use std::time::Instant;

use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use warp::Filter;
use warp::reply::Response;

use super::access::{AccessError, check_page, check_token};
use super::status::Status;
use crate::config::{AdminAccess, PolicySource};
use crate::http::{Health, RequestError, Routes, at, health_routes, problem};
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
    /// Who decides.
    pub(crate) policy: PolicySource,
    /// When the process began to serve.
    pub(crate) started: Instant,
}

/// The surface of the operator's listener. Health and metrics need no token; other web pages are kept
/// out of everything but health.
pub(crate) fn admin_routes(admin: &Arc<Admin>) -> Routes {
    let health = health_routes(Arc::clone(&admin.health));
    let metrics = page(admin, "/metrics", |admin, _| Ok(admin.metrics()));
    let status = page(admin, "/v1/status", |admin, headers| {
        check_token(&admin.access, headers)?;
        Ok(json(&Status::of(admin)))
    });
    let nothing = warp::any().map(|| RequestError::NotFound.response());
    health
        .or(metrics)
        .unify()
        .or(status)
        .unify()
        .or(nothing)
        .unify()
        .boxed()
}

fn page(
    admin: &Arc<Admin>,
    path: &str,
    answer: impl Fn(&Admin, &HeaderMap) -> Result<Response, AccessError> + Clone + Send + Sync + 'static,
) -> Routes {
    let admin = Arc::clone(admin);
    let get = warp::get()
        .and(warp::header::headers_cloned())
        .map(move |headers: HeaderMap| {
            let answered = check_page(&headers).and_then(|()| answer(&admin, &headers));
            answered.unwrap_or_else(refuse)
        });
    let other = warp::any().map(|| RequestError::Method { allow: "GET" }.response());
    at(path).and(get.or(other).unify()).boxed()
}

impl Admin {
    fn metrics(&self) -> Response {
        match self.metrics.text() {
            Ok(text) => typed(text, telemetry::CONTENT_TYPE),
            Err(error) => {
                tracing::error!(%error, "the metrics could not be written");
                problem(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "the metrics could not be written",
                )
            }
        }
    }
}

fn json(value: &impl serde::Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => typed(text, "application/json"),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            problem(
                StatusCode::INTERNAL_SERVER_ERROR,
                "the answer could not be written",
            )
        }
    }
}

fn typed(text: String, content_type: &'static str) -> Response {
    let mut response = Response::new(text.into());
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}

fn refuse(error: AccessError) -> Response {
    tracing::warn!(%error, "admin request refused");
    let mut response = problem(error.status(), &error.to_string());
    if error.status() == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}
