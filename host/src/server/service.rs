//! Where tickets are redeemed.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::response::Parts;
use http::{HeaderValue, Request, Response, Version};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use tower_service::Service as _;
use umbel_hub::{Framing, Opened, Outlet, PublishError, Refused, Shard, Subscription};
use umbel_sse::Frame;

use super::Connection;
use super::lent::LentBody;
use super::local_executor::current_task;
use super::outgoing::{Outgoing, StreamBody};
use crate::http::{
    AddressFull, AddressQuota, Later, Peer, PublishTicket, RequestError, Routes, SubscribeTicket,
    Target, Ticket, stream_head,
};

/// Seconds after which a publisher may come again where the hub itself does not say.
const PUBLISH_RETRY_S: u32 = 1;

/// Milliseconds after which an address that has as many subscribers as it may can try again.
const ADDRESS_RETRY_MS: u32 = 2_000;

/// What all connections of a shard share: the surfaces, and who redeems their tickets.
pub(crate) struct Desk {
    /// Parses and authenticates.
    pub(crate) routes: Routes,
    /// Opens streams; none where there are none to open.
    pub(crate) shard: Option<Rc<Shard>>,
}

/// Serves one connection.
#[derive(Clone)]
pub(crate) struct ConnectionService {
    desk: Rc<Desk>,
    connection: Rc<Connection>,
    /// Whether a stream is alone on the connection, so that the socket tells the state of its reader.
    alone: bool,
}

type Answer = Response<Outgoing>;

impl ConnectionService {
    /// Serves `connection`; `alone`: whether it carries one response at a time.
    pub(crate) fn new(desk: Rc<Desk>, connection: Rc<Connection>, alone: bool) -> Self {
        Self {
            desk,
            connection,
            alone,
        }
    }

    async fn answer(self, mut request: Request<Incoming>) -> Result<Answer, Infallible> {
        let mut guard = self.connection.request_begins();
        let version = request.version();
        request
            .extensions_mut()
            .insert(Peer(self.connection.remote()));
        let target = Target::of(&request);
        request.extensions_mut().insert(target);
        let reply = warp::service(self.desk.routes.clone())
            .call(request)
            .await?;
        guard.body_read();
        let (mut parts, body) = Later::settle(reply).await.into_parts();
        let ticket = parts
            .extensions
            .remove::<Arc<Ticket>>()
            .map(Arc::unwrap_or_clone);
        Ok(match (ticket, &self.desk.shard) {
            (Some(Ticket::Publish(ticket)), Some(shard)) => publish(shard, ticket, parts).await,
            (Some(Ticket::Subscribe(ticket)), Some(shard)) => {
                self.subscribe(shard, ticket, parts, version).await
            }
            // Filters answer out of memory: collecting waits for nothing.
            _ => match body.collect().await {
                Ok(body) => Response::from_parts(parts, Outgoing::Whole(body.to_bytes())),
                Err(_) => Response::from_parts(parts, Outgoing::Whole(Bytes::new())),
            },
        })
    }

    async fn subscribe(
        &self,
        shard: &Rc<Shard>,
        ticket: SubscribeTicket,
        mut parts: Parts,
        version: Version,
    ) -> Answer {
        // Only HTTP/1.1 has chunks, and only there a stream is alone on its socket and hyper can be let go.
        let framing = match version {
            Version::HTTP_11 => Framing::Chunked,
            _ => Framing::Plain,
        };
        let seat = match ticket.quota.as_ref().map_or(Ok(None), AddressQuota::take) {
            Ok(seat) => seat,
            Err(AddressFull { max }) => {
                let retry_ms = ADDRESS_RETRY_MS;
                return refuse(Refused::Full { max, retry_ms }, parts, version);
            }
        };
        let subscription = Subscription {
            framing,
            tenant: ticket.tenant,
            selectors: ticket.selectors,
            grants: ticket.grants,
            claims: ticket.claims,
            attributes: ticket.attributes,
            resume: ticket.resume,
            expires_ms: ticket.expires_ms,
            outlet: self
                .alone
                .then(|| Rc::clone(self.connection.outlet()) as Rc<Outlet>),
        };
        match shard.subscribe(subscription).await {
            Ok(Opened { stream, cursor }) => {
                stream_head(&mut parts.headers, version, cursor.as_deref());
                let guard = self.connection.stream_begins(ticket.write_timeout, seat);
                let body = StreamBody::new(stream, guard);
                let body = self.carry(body, version, ticket.write_timeout);
                Response::from_parts(parts, body)
            }
            Err(refused) => refuse(refused, parts, version),
        }
    }

    /// `stream` as the body of an answer of this version.
    fn carry(
        &self,
        stream: Box<StreamBody>,
        version: Version,
        write_timeout: Duration,
    ) -> Outgoing {
        let connection = &self.connection;
        match version {
            Version::HTTP_11 => Outgoing::handed_over(Rc::clone(connection), stream),
            Version::HTTP_2 => Outgoing::Lent(LentBody::new(
                stream,
                write_timeout,
                current_task(),
                Rc::clone(&connection.owner),
            )),
            _ => Outgoing::Stream(stream),
        }
    }
}

impl hyper::service::Service<Request<Incoming>> for ConnectionService {
    type Response = Answer;
    type Error = Infallible;
    // Boxed: hyper keeps the room of this future for as long as the connection lives.
    type Future = Pin<Box<dyn Future<Output = Result<Answer, Infallible>>>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        Box::pin(self.clone().answer(request))
    }
}

/// Success is exactly 200 with the id as plain text (protocol item 33).
async fn publish(shard: &Shard, ticket: PublishTicket, mut parts: Parts) -> Answer {
    let id = ticket.publication.event.id.clone();
    match shard.publish(&ticket.tenant, ticket.publication).await {
        Ok(_) => {
            let plain = HeaderValue::from_static("text/plain; charset=utf-8");
            parts.headers.insert(CONTENT_TYPE, plain);
            let body = Bytes::copy_from_slice(id.as_str().as_bytes());
            Response::from_parts(parts, Outgoing::Whole(body))
        }
        Err(error) => {
            tracing::warn!(%error, "publication refused");
            fail(&not_published(error), parts)
        }
    }
}

/// What the publisher is told.
fn not_published(error: PublishError) -> RequestError {
    match error {
        PublishError::Lagging { retry_s } | PublishError::FilterFailed { retry_s } => {
            RequestError::Unavailable { retry_s }
        }
        PublishError::Log(_) | PublishError::Closing => RequestError::Unavailable {
            retry_s: PUBLISH_RETRY_S,
        },
        PublishError::TooFast {
            per_second,
            retry_s,
        } => RequestError::TooFast {
            per_second,
            retry_s,
        },
        PublishError::Refused(reason) => RequestError::Filter { reason },
        // What the filter makes of an event is its author's business, not the publisher's.
        PublishError::BadReplacement(_) => RequestError::BadReplacement,
    }
}

/// Who may come back is answered 200, `retry:` and the end: browsers give up for good on anything else
/// (T14). Who may not is answered 403.
fn refuse(refused: Refused, mut parts: Parts, version: Version) -> Answer {
    let goes_away = matches!(refused, Refused::Closing { .. });
    let retry_ms = match refused {
        Refused::Policy(refusal) => match refusal.retry_ms {
            Some(retry_ms) => retry_ms,
            None => {
                return fail(
                    &RequestError::Policy {
                        reason: refusal.reason,
                    },
                    parts,
                );
            }
        },
        Refused::Faulted { retry_ms }
        | Refused::Full { retry_ms, .. }
        | Refused::Closing { retry_ms } => retry_ms,
    };
    stream_head(&mut parts.headers, version, None);
    if goes_away && version == Version::HTTP_11 {
        // On the same connection it would come back here, whatever stands in front.
        let close = HeaderValue::from_static("close");
        parts.headers.insert(CONNECTION, close);
    }
    Response::from_parts(parts, Outgoing::Whole(Frame::retry(retry_ms).bytes()))
}

/// Turns the answer into an error, and keeps the headers that the filters gave it.
fn fail(error: &RequestError, mut parts: Parts) -> Answer {
    parts.status = error.status();
    parts.headers.extend(error.headers());
    Response::from_parts(parts, Outgoing::Whole(error.body()))
}
