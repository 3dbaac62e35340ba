//! What an operator is answered.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use warp::reply::Response;

use super::admin_error::AdminError;

/// `value` as JSON.
///
/// # Errors
/// Where it cannot be written.
pub(super) fn json(value: &impl Serialize) -> Result<Response, AdminError> {
    match serde_json::to_string(value) {
        Ok(text) => Ok(typed(text, "application/json")),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            Err(AdminError::Answer("the answer"))
        }
    }
}

/// The answer to what was done and has nothing to tell.
pub(super) fn nothing() -> Response {
    let mut response = Response::new("".into());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// A text of this type.
pub(super) fn typed(text: impl Into<Bytes>, content_type: &'static str) -> Response {
    let mut response = Response::new(text.into().into());
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
