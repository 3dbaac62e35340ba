//! What is answered to whom.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use umbel_sse::Frame;

use crate::desk::Desk;
use crate::publication::Publication;
use crate::refused::Refused;
use crate::{stream, wanted};

/// Bytes of a publication as it is sent.
const BODY_BYTES_MAX: usize = 1 << 20;
/// When somebody may come back who could not be served now.
const RETRY_MS: u32 = 2_000;

/// `GET /events?topic=…` is a stream, `POST /events` with `topic` and `data` publishes.
pub fn service(desk: Desk) -> Router {
    let events = get(subscribe).post(publish);
    Router::new()
        .route("/events", events)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(desk)
}

async fn subscribe(State(desk): State<Desk>, RawQuery(query): RawQuery) -> Response {
    let selectors = match wanted::parse(&query.unwrap_or_default()) {
        Ok(selectors) => selectors,
        Err(why) => return (StatusCode::BAD_REQUEST, why).into_response(),
    };
    let body = match desk.join(selectors).await {
        Ok(mailbox) => stream::body(mailbox),
        Err(Refused::ByPolicy {
            reason,
            retry_ms: None,
        }) => return (StatusCode::FORBIDDEN, reason).into_response(),
        // Browsers come back after the end of a stream, and give up on anything else.
        Err(Refused::ByPolicy { retry_ms, .. }) => {
            Frame::retry(retry_ms.unwrap_or(RETRY_MS)).bytes().into()
        }
        Err(Refused::Full | Refused::Unavailable) => Frame::retry(RETRY_MS).bytes().into(),
    };
    let head = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (head, body).into_response()
}

async fn publish(State(desk): State<Desk>, form: Bytes) -> Response {
    let publication = match Publication::parse(&form) {
        Ok(publication) => publication,
        Err(why) => return (StatusCode::BAD_REQUEST, why).into_response(),
    };
    match desk.publish(publication).await {
        Ok(id) => id.as_str().to_owned().into_response(),
        Err(refused) => (StatusCode::SERVICE_UNAVAILABLE, refused.to_string()).into_response(),
    }
}
