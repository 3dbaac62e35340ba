//! A hub's answer that is not a success.

use http::StatusCode;
use http_body_util::{BodyExt, Limited};
use hyper::Response;
use hyper::body::Incoming;
use serde::Deserialize;

/// Bytes of an answer that are read; a hub says what is wrong in fewer.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// A hub's answer that is not a success, with its own words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the hub answered {status}: {message}")]
pub struct Refusal {
    /// The status.
    pub status: StatusCode,
    /// What the hub said, without control characters: it goes to a terminal.
    pub message: String,
}

/// The part of a problem document that is for people (RFC 9457, section 3.1.4).
#[derive(Deserialize)]
struct Problem {
    detail: String,
}

impl Refusal {
    /// Reads the words of `response`.
    pub async fn read(response: Response<Incoming>) -> Self {
        let status = response.status();
        let body = read_text(response.into_body()).await.unwrap_or_default();
        let text = serde_json::from_str(&body).map_or(body, |problem: Problem| problem.detail);
        let message = text
            .trim()
            .chars()
            .filter(|c| !c.is_control() || *c == '\n')
            .collect();
        Self { status, message }
    }
}

/// The whole of a short body, as text; none where it is cut off or too long.
pub async fn read_text(body: Incoming) -> Option<String> {
    let body = Limited::new(body, ANSWER_BYTES_MAX).collect().await.ok()?;
    Some(String::from_utf8_lossy(&body.to_bytes()).into_owned())
}
