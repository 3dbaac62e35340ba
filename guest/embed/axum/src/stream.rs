//! The body of a stream.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use umbel_sse::Frame;

use crate::mailbox::Mailbox;

/// How long a stream is silent at most: only what is sent tells that a client has died.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// What a client is told to wait before it comes back.
const RETRY_MS: u32 = 2_000;

/// What comes into `mailbox`, which is given up with the body.
pub(crate) fn body(mailbox: Arc<Mailbox>) -> Body {
    let first = Some(Frame::retry(RETRY_MS).bytes());
    let blocks = stream::unfold((mailbox, first), |(mailbox, first)| async move {
        let block = match first {
            Some(first) => first,
            None => next(&mailbox).await?,
        };
        Some((Ok::<_, Infallible>(block), (mailbox, None)))
    });
    Body::from_stream(blocks)
}

async fn next(mailbox: &Mailbox) -> Option<Bytes> {
    let next = tokio::time::timeout(HEARTBEAT, mailbox.next()).await;
    next.unwrap_or_else(|_| Some(Frame::comment().bytes()))
}
