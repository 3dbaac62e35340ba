//! Which request goes where.

use std::future::ready;
use std::sync::Arc;

use http::HeaderMap;
use warp::filters::BoxedFilter;
use warp::filters::path::FullPath;
use warp::reply::Response;
use warp::{Filter, Rejection};

use super::cors::HUB_METHODS;
use super::dev_page::dev_page;
use super::request_error::RequestError;
use super::{Origins, Peer, Surface, health_routes};

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

/// The surface of a hub: its path, `/healthz`, `/readyz`, and with `page` also `/`.
pub(crate) fn routes(surface: &Arc<Surface>) -> Routes {
    let other = health_routes(Arc::clone(&surface.health))
        .or(page(surface))
        .unify();
    let nothing = warp::any().map(|| RequestError::NotFound.response());
    hub(surface).or(other).unify().or(nothing).unify().boxed()
}

fn hub(surface: &Arc<Surface>) -> Routes {
    let subscribe = {
        let surface = Arc::clone(surface);
        let query = warp::query::raw().or(warp::any().map(String::new)).unify();
        let parts = warp::header::headers_cloned().and(warp::ext::optional::<Peer>());
        warp::get()
            .and(query)
            .and(parts)
            .map(move |query: String, headers: HeaderMap, peer| {
                surface.subscribe(&query, &headers, peer)
            })
    };
    let publish = {
        let surface = Arc::clone(surface);
        let parts = warp::header::headers_cloned().and(warp::body::stream());
        warp::post().and(parts).then(move |headers, body| {
            let surface = Arc::clone(&surface);
            async move { surface.publish(headers, body).await }
        })
    };
    let preflight = {
        let surface = Arc::clone(surface);
        let headers = warp::options().and(warp::header::headers_cloned());
        headers.map(move |headers: HeaderMap| surface.share(&headers, Origins::preflight()))
    };
    let allow = RequestError::Method { allow: HUB_METHODS };
    let refuse = warp::any().map(move || allow.response());
    let methods = subscribe
        .or(publish)
        .unify()
        .or(preflight)
        .unify()
        .or(refuse)
        .unify();
    at(&surface.path).and(methods).boxed()
}

fn page(surface: &Arc<Surface>) -> Routes {
    let surface = Arc::clone(surface);
    let wanted = surface.page;
    let shown = warp::any().and_then(move || {
        ready(if wanted {
            Ok(())
        } else {
            Err(warp::reject::not_found())
        })
    });
    let host = warp::header::optional::<String>("host");
    at("/")
        .and(warp::get())
        .and(shown.untuple_one())
        .and(host)
        .map(move |host: Option<String>| dev_page(host.as_deref(), &surface.path))
        .boxed()
}
