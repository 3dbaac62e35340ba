//! Why an operator does not get what they asked for.

use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use umbel_engine::LoadError;
use umbel_hub::{DeployError, TapError};
use umbel_routing::Blame;
use warp::reply::Response;

use super::access::AccessError;
use crate::http::{RequestError, problem};
use crate::server::{ChangeError, ComponentError};

/// Why an operator does not get what they asked for. The display text says how to mend it.
#[derive(Debug, thiserror::Error)]
pub(super) enum AdminError {
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error("there is nothing at this path; GET /v1/openapi.json lists what there is")]
    NotFound,
    #[error("this path takes {allow}")]
    Method { allow: String },
    #[error("{name}: {what}")]
    Query {
        name: &'static str,
        what: &'static str,
    },
    #[error(
        "send the component as application/wasm or application/octet-stream, or with its \
         configuration as multipart/form-data with the parts `component` and `config`"
    )]
    ContentType,
    #[error("the upload is over the limit of {max} bytes (`limits.component-bytes`)")]
    TooLarge { max: usize },
    #[error(transparent)]
    Body(RequestError),
    #[error("the form cannot be read: {0}")]
    Form(String),
    #[error("{what}; try again in {retry_s} s")]
    TooMany { what: &'static str, retry_s: u32 },
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error("no candidate runs beside the policy of this tenant; PUT one here first")]
    NoShadow,
    #[error(transparent)]
    Trace(TapError),
    #[error("there is no subscriber of that id; it may have left meanwhile")]
    NoSubscriber,
    #[error("the hub is being drained already")]
    Draining,
    #[error("{0} could not be written")]
    Answer(&'static str),
}

impl AdminError {
    /// The status that says so.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Access(error) => error.status(),
            Self::NotFound | Self::NoShadow | Self::NoSubscriber => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::Query { .. } | Self::Form(_) => StatusCode::BAD_REQUEST,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(error) => error.status(),
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Change(error) => change_status(error),
            Self::Draining | Self::Trace(_) => StatusCode::CONFLICT,
            Self::Answer(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The whole answer.
    pub(super) fn response(&self) -> Response {
        let mut response = problem(self.status(), &self.to_string());
        if let Some((name, value)) = self.header() {
            response.headers_mut().insert(name, value);
        }
        response
    }

    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Self::Access(error) if error.status() == StatusCode::UNAUTHORIZED => {
                Some((WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
            }
            Self::Method { allow } => Some((ALLOW, HeaderValue::from_str(allow).ok()?)),
            Self::TooMany { retry_s, .. } => Some((RETRY_AFTER, HeaderValue::from(*retry_s))),
            _ => None,
        }
    }
}

fn change_status(error: &ChangeError) -> StatusCode {
    match error {
        ChangeError::UnknownTenant | ChangeError::NothingDeployed => StatusCode::NOT_FOUND,
        ChangeError::Busy | ChangeError::Configured(_) | ChangeError::Gone(_) => {
            StatusCode::CONFLICT
        }
        ChangeError::Component(error) => component_status(error),
        ChangeError::Deploy(error) => match error {
            DeployError::Busy
            | DeployError::Refusals { .. }
            | DeployError::NoPrevious
            | DeployError::Closing => StatusCode::CONFLICT,
            DeployError::Failed(_) => StatusCode::UNPROCESSABLE_ENTITY,
            DeployError::Slow => StatusCode::SERVICE_UNAVAILABLE,
        },
        ChangeError::Lost => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn component_status(error: &ComponentError) -> StatusCode {
    match error {
        ComponentError::Load(LoadError::TooLarge { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
        _ if error.blame() == Blame::Component => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
