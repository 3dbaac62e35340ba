//! How a token is presented.

use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};

const SCHEME: &str = "Bearer";

/// Why a request presents no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PresentationError {
    /// It has no `Authorization` header.
    #[error("a token is needed: send it as \"Authorization: Bearer TOKEN\"")]
    Missing,
    /// It has one that is not understood.
    #[error("the Authorization header must be \"Bearer TOKEN\", once")]
    Malformed,
}

impl PresentationError {
    /// The status of the answer (protocol items 41 and 44).
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::UNAUTHORIZED,
            Self::Malformed => StatusCode::BAD_REQUEST,
        }
    }
}

/// The token of a request: `Authorization: Bearer TOKEN`, the scheme in any case (RFC 6750, section
/// 2.1; protocol item 36).
///
/// # Errors
/// Where there is none, or not in that form.
pub fn bearer_token(headers: &HeaderMap) -> Result<&str, PresentationError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Err(PresentationError::Missing),
        (Some(value), None) => value,
        (Some(_), Some(_)) => return Err(PresentationError::Malformed),
    };
    let text = value.to_str().map_err(|_| PresentationError::Malformed)?;
    let (scheme, token) = text.split_once(' ').ok_or(PresentationError::Malformed)?;
    let token = token.trim_matches(' ');
    let is_token = !token.is_empty() && !token.contains([' ', '\t', ',']);
    if scheme.eq_ignore_ascii_case(SCHEME) && is_token {
        Ok(token)
    } else {
        Err(PresentationError::Malformed)
    }
}
