//! Which request goes where.

use std::convert::Infallible;
use std::future::ready;
use std::sync::Arc;

use bytes::Buf;
use futures_util::Stream;
use http::Method;
use http::header::HOST;
use warp::filters::BoxedFilter;
use warp::filters::path::FullPath;
use warp::reply::Response;
use warp::{Filter, Rejection};

use super::dev_page::dev_page;
use super::request_error::RequestError;
use super::surface::Asked;
use super::{Health, Peer, Surfaces, Target, health_routes};

/// A whole surface: answers every request.
pub(crate) type Routes = BoxedFilter<(Response,)>;

/// Requests for exactly this path.
pub(crate) fn at(path: &str) -> impl Filter<Extract = (), Error = Rejection> + Clone + use<> {
    let path: Arc<str> = path.into();
    let is_path = move |full: FullPath| {
        ready(if full.as_str() == &*path {
            Ok(())
        } else {
            Err(warp::reject::not_found())
        })
    };
    warp::path::full().and_then(is_path).untuple_one()
}

/// Everything that clients reach: the hubs of all tenants, `/healthz`, `/readyz`, and with `page` also
/// `/`. The first two are the same whatever the host.
pub(crate) fn routes(surfaces: &Arc<Surfaces>, health: &Arc<Health>, page: bool) -> Routes {
    let health = health_routes(Arc::clone(health));
    let surfaces = Arc::clone(surfaces);
    let hubs = warp::ext::get::<Target>()
        .and(warp::path::full())
        .and(asked())
        .and(warp::body::stream())
        .then(move |target: Target, path: FullPath, asked, body| {
            let surfaces = Arc::clone(&surfaces);
            async move { answer(&surfaces, page, &target, path.as_str(), asked, body).await }
        });
    health.or(hubs).unify().boxed()
}

/// Every request but for its path and body.
pub(crate) fn asked() -> impl Filter<Extract = (Asked,), Error = Infallible> + Clone {
    let query = warp::query::raw().or(warp::any().map(String::new)).unify();
    warp::method()
        .and(query)
        .and(warp::header::headers_cloned())
        .and(warp::ext::optional::<Peer>())
        .map(|method, query, headers, peer| Asked {
            method,
            query,
            headers,
            peer,
        })
}

async fn answer<S, B, E>(
    surfaces: &Surfaces,
    page: bool,
    target: &Target,
    path: &str,
    asked: Asked,
    body: S,
) -> Response
where
    S: Stream<Item = Result<B, E>>,
    B: Buf,
{
    let host = match target.host() {
        Ok(host) => host,
        Err(error) => return error.response(),
    };
    if let Some(surface) = surfaces.find(host, path) {
        return surface.answer(asked, body).await;
    }
    if page && path == "/" && asked.method == Method::GET {
        let named = asked.headers.get(HOST).and_then(|host| host.to_str().ok());
        return dev_page(named, &surfaces.at_host(host).path);
    }
    RequestError::NotFound.response()
}
