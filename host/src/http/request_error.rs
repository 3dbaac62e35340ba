//! Why a request is not served, and how the client is told.

use bytes::Bytes;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::json;
use umbel_event::{EventIdError, KindError, TextError, TopicError};
use umbel_hub::TopicsTooLong;
use umbel_selector::SelectorError;
use warp::reply::Response;

use crate::auth::{PresentationError, TokenError};

/// RFC 7807, now RFC 9457.
const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");

/// Why a request is not served. The display text is what the client reads: it says what is wrong and,
/// where there is one, the limit; it holds nothing that the client sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RequestError {
    #[error("there is nothing at this path")]
    NotFound,
    #[error("the request has no Host header")]
    HostMissing,
    #[error("the request names more than one host")]
    HostTwice,
    #[error("what the request names is no host")]
    Host,
    #[error("this path takes {allow}")]
    Method { allow: &'static str },
    #[error("name at least one topic to subscribe to: ?topic=...")]
    NoSelector,
    #[error("there are {count} topics to subscribe to; the limit is {max} (limits.selectors)")]
    TooManySelectors { count: usize, max: usize },
    #[error("topic {number}: {error}")]
    Selector { number: usize, error: SelectorError },
    #[error(transparent)]
    Selectors(SelectorError),
    #[error("{field} {number} is not UTF-8")]
    NotUtf8 { field: &'static str, number: usize },
    #[error("publish with a body of the type application/x-www-form-urlencoded")]
    ContentType,
    #[error("the body is over the limit of {max} bytes")]
    BodyTooLarge { max: usize },
    #[error("the body ended before its announced length")]
    BodyCutOff,
    #[error("the form has no topic; name at least one: topic=...")]
    NoTopic,
    #[error("there are {count} topics; the limit is {max} (limits.topics)")]
    TooManyTopics { count: usize, max: usize },
    #[error(transparent)]
    TopicsTooLong(#[from] TopicsTooLong),
    #[error("topic {number}: {error}")]
    Topic { number: usize, error: TopicError },
    #[error("data has {len} bytes; the limit is {max} (limits.event-bytes)")]
    DataTooLarge { len: usize, max: usize },
    #[error("id: {0}")]
    Id(EventIdError),
    #[error("type: {0}")]
    Kind(KindError),
    #[error(
        "retry: not a number of milliseconds; only digits, at most {}",
        u32::MAX
    )]
    Retry,
    #[error(transparent)]
    Presentation(#[from] PresentationError),
    #[error("{}", TokenError::CLIENT_TEXT)]
    TokenInvalid,
    #[error("the token does not allow publishing to every topic of this event")]
    NotGranted,
    #[error("refused by the policy: {reason}")]
    Policy { reason: String },
    #[error("refused by the admission filter: {reason}")]
    Filter { reason: String },
    #[error("the admission filter replaced the event by one that this publisher may not publish")]
    BadReplacement,
    #[error(
        "more than {per_second} events a second (limits.publish-rate); try again in {retry_s} s"
    )]
    TooFast { per_second: u32, retry_s: u32 },
    #[error("the hub cannot take the event now; try again in {retry_s} s")]
    Unavailable { retry_s: u32 },
}

impl RequestError {
    /// The status that says so. Publications over a limit are 413 (protocol item 34); everything
    /// over a limit in a subscription is 400 (item 10).
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method { .. } => StatusCode::METHOD_NOT_ALLOWED,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge { .. }
            | Self::TooManyTopics { .. }
            | Self::TopicsTooLong(_)
            | Self::DataTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Topic {
                error: TopicError::Text(TextError::TooLong { .. }),
                ..
            } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Presentation(error) => error.status(),
            Self::TokenInvalid => StatusCode::UNAUTHORIZED,
            Self::NotGranted | Self::Policy { .. } | Self::Filter { .. } | Self::BadReplacement => {
                StatusCode::FORBIDDEN
            }
            Self::TooFast { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }

    /// The whole answer.
    pub(crate) fn response(&self) -> Response {
        let mut response = Response::new(self.body().into());
        *response.status_mut() = self.status();
        response.headers_mut().extend(self.headers());
        response
    }

    /// The body of the answer.
    pub(crate) fn body(&self) -> Bytes {
        problem_text(self.status(), &self.to_string())
    }

    /// The headers of the answer.
    pub(crate) fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter(
            [(CONTENT_TYPE, PROBLEM_JSON)]
                .into_iter()
                .chain(self.header()),
        )
    }

    /// What belongs to the answer beyond its text (RFC 6750 section 3, RFC 9110).
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        let challenge = |text| Some((WWW_AUTHENTICATE, HeaderValue::from_static(text)));
        match self {
            Self::Method { allow } => Some((ALLOW, HeaderValue::from_static(allow))),
            Self::ContentType => Some((ACCEPT, FORM)),
            Self::Presentation(PresentationError::Missing) => challenge("Bearer"),
            Self::TokenInvalid => challenge("Bearer error=\"invalid_token\""),
            Self::Presentation(PresentationError::Malformed) => {
                challenge("Bearer error=\"invalid_request\"")
            }
            Self::NotGranted => challenge("Bearer error=\"insufficient_scope\""),
            Self::Unavailable { retry_s } | Self::TooFast { retry_s, .. } => {
                Some((RETRY_AFTER, HeaderValue::from(*retry_s)))
            }
            _ => None,
        }
    }
}

/// An answer of the type `application/problem+json`: `detail` is for the client.
pub(crate) fn problem(status: StatusCode, detail: &str) -> Response {
    let mut response = Response::new(problem_text(status, detail).into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, PROBLEM_JSON);
    response
}

fn problem_text(status: StatusCode, detail: &str) -> Bytes {
    let title = status.canonical_reason().unwrap_or("error");
    let problem = json!({
        "type": "about:blank",
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
    });
    problem.to_string().into()
}
