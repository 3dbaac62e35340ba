//! Which other pages may use the hub.

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ALLOW,
    ORIGIN, VARY,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use warp::reply::Response;

/// Methods of the hub's path.
pub(crate) const HUB_METHODS: &str = "GET, POST, OPTIONS";

/// What a page may send: the last id is not on the browsers' safe list once it is long (T22).
const REQUEST_HEADERS: &str = "authorization, cache-control, content-type, last-event-id";

/// What a page may read: without it a page cannot tell that it missed something (protocol item 80).
const RESPONSE_HEADERS: &str = "Last-Event-ID, Link";

/// Seconds that a browser keeps the answer to a preflight.
const PREFLIGHT_SECONDS: &str = "86400";

/// Origins of other pages that may use the hub (setting `mercure.cors-origins`).
#[derive(Clone, Debug, Default)]
pub(crate) struct Origins {
    any: bool,
    exact: Vec<HeaderValue>,
}

impl Origins {
    /// Takes origins as configured; `*` lets every page read what needs no credentials. What cannot
    /// stand in a header can be no page's origin and is left out.
    pub(crate) fn new(origins: &[String]) -> Self {
        let any = origins.iter().any(|origin| origin == "*");
        let exact = origins
            .iter()
            .filter(|o| *o != "*")
            .filter_map(|o| o.parse().ok())
            .collect();
        Self { any, exact }
    }

    /// Adds what lets the page of this request read the response. An allowed origin is echoed, never
    /// answered with `*`, because only then browsers send and take credentials (protocol item 17,
    /// T21).
    pub(crate) fn allow(&self, request: &HeaderMap, response: &mut HeaderMap) {
        if self.exact.is_empty() && !self.any {
            return;
        }
        response.append(VARY, HeaderValue::from_static("Origin"));
        let Some(origin) = request.get(ORIGIN) else {
            return;
        };
        if self.exact.contains(origin) {
            response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            response.insert(
                ACCESS_CONTROL_ALLOW_CREDENTIALS,
                HeaderValue::from_static("true"),
            );
        } else if self.any {
            response.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        } else {
            return;
        }
        let expose = HeaderValue::from_static(RESPONSE_HEADERS);
        response.insert(ACCESS_CONTROL_EXPOSE_HEADERS, expose);
    }

    /// The answer to `OPTIONS`, which is also the browsers' preflight. The caller adds
    /// [`Self::allow`] to it as to any other.
    pub(crate) fn preflight() -> Response {
        let mut response = Response::new("".into());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let rows = [
            (ALLOW, HUB_METHODS),
            (ACCESS_CONTROL_ALLOW_METHODS, HUB_METHODS),
            (ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS),
            (ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS),
        ];
        for (name, value) in rows {
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        response
    }
}
