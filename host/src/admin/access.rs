//! Who may use the operator's listener.

use std::net::IpAddr;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};

use crate::auth::bearer_token;
use crate::config::AdminAccess;

/// Why an operator's request is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum AccessError {
    #[error("requests of other web pages are not served here")]
    OtherPage,
    #[error("the Host header must be an IP address or localhost")]
    OtherHost,
    #[error("a bearer token is needed, that of admin.token-file")]
    TokenMissing,
    #[error("the token is not the one of admin.token-file")]
    TokenWrong,
    #[error("no admin.token-file is configured, so that nobody may do this")]
    Closed,
}

impl AccessError {
    /// The status that says so.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::OtherPage | Self::Closed => StatusCode::FORBIDDEN,
            Self::OtherHost => StatusCode::MISDIRECTED_REQUEST,
            Self::TokenMissing | Self::TokenWrong => StatusCode::UNAUTHORIZED,
        }
    }
}

/// Keeps the pages of a browser on the operator's machine out: a page of another origin says so in
/// `Origin` or `Sec-Fetch-Site`, and one that had its own name point here says so in `Host`.
///
/// # Errors
/// Where the request comes from such a page.
pub(super) fn check_page(headers: &HeaderMap) -> Result<(), AccessError> {
    let text = |name| {
        headers
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    let host = text(HOST.as_str());
    let own_origin = |origin: &str| {
        origin
            .strip_prefix("http://")
            .is_some_and(|o| Some(o) == host)
    };
    let site = text("sec-fetch-site");
    if text(ORIGIN.as_str()).is_some_and(|origin| !own_origin(origin))
        || site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
    {
        return Err(AccessError::OtherPage);
    }
    // HTTP/2 carries the name elsewhere; no browser speaks it without TLS.
    match host {
        Some(host) if !is_address(host) => Err(AccessError::OtherHost),
        _ => Ok(()),
    }
}

/// Whether the request may do what an operator may.
///
/// # Errors
/// Where it may not.
pub(super) fn check_token(access: &AdminAccess, headers: &HeaderMap) -> Result<(), AccessError> {
    let secret = match access {
        AdminAccess::Open => return Ok(()),
        AdminAccess::Closed => return Err(AccessError::Closed),
        AdminAccess::Token(secret) => secret,
    };
    let token = bearer_token(headers).map_err(|_| AccessError::TokenMissing)?;
    // Digests, so that the time it takes tells nothing about the secret.
    if Sha256::digest(token) == Sha256::digest(secret.as_str()) {
        Ok(())
    } else {
        Err(AccessError::TokenWrong)
    }
}

/// Whether `host`, with or without a port, is an address that no other page's name can point to.
fn is_address(host: &str) -> bool {
    let bracketed = host.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let name = match bracketed {
        Some((address, _)) => address,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok()
}
