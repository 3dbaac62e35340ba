//! Whether the process lives, and whether it should be sent work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::StatusCode;
use warp::Filter;
use warp::reply::Response;

use super::{Routes, at};

/// Whether the hub should be sent work; shared by both listeners.
#[derive(Debug, Default)]
pub(crate) struct Health {
    draining: AtomicBool,
}

impl Health {
    /// From now on the hub is going away; there is no way back.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Whether new work is welcome.
    pub(crate) fn is_ready(&self) -> bool {
        !self.draining.load(Ordering::Relaxed)
    }
}

/// `GET /healthz`: the process answers. `GET /readyz`: it also wants work (T12).
pub(crate) fn health_routes(health: Arc<Health>) -> Routes {
    let alive = at("/healthz").map(|| text(StatusCode::OK, "ok\n"));
    let ready = at("/readyz").map(move || match health.is_ready() {
        true => text(StatusCode::OK, "ready\n"),
        false => text(StatusCode::SERVICE_UNAVAILABLE, "draining\n"),
    });
    let read = warp::get().or(warp::head()).unify();
    read.and(alive.or(ready).unify()).boxed()
}

fn text(status: StatusCode, text: &'static str) -> Response {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response
}
