//! Answers that take their time.

use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;
use tokio::task::JoinHandle;
use warp::reply::Response;

use super::problem;

/// An answer that takes its time; an extension of the one that a filter gives. The filter is done once
/// the request was read, so that the client is not blamed for what the hub takes, and the work goes on
/// where the client has gone.
#[derive(Clone)]
pub(crate) struct Later(Arc<Mutex<Option<JoinHandle<Response>>>>);

impl Later {
    /// The answer of a filter that is to wait for `work`.
    pub(crate) fn reply(work: JoinHandle<Response>) -> Response {
        let mut response = Response::new("".into());
        let later = Self(Arc::new(Mutex::new(Some(work))));
        response.extensions_mut().insert(later);
        response
    }

    /// The answer itself, also of filters that had it at once.
    pub(crate) async fn settle(mut reply: Response) -> Response {
        let later = reply.extensions_mut().remove::<Self>();
        let work = later.and_then(|later| {
            let mut work = later.0.lock().unwrap_or_else(PoisonError::into_inner);
            work.take()
        });
        match work {
            None => reply,
            Some(work) => work.await.unwrap_or_else(|error| {
                tracing::error!(%error, "a request was not carried out");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                problem(status, "the hub failed to carry it out")
            }),
        }
    }
}
