//! Follows a stream, over as many connections as it takes.

use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::{ACCEPT, CACHE_CONTROL};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::Response;
use hyper::body::Incoming;
use tokio::time::{sleep, timeout};
use umbel_sse::{Decoder, Message};

use super::HubUrl;
use super::backoff::Backoff;
use super::connection::{Connection, SendError, request};
use super::refusal::Refusal;

const LAST_EVENT_ID: &str = "last-event-id";
const EVENT_STREAM: &str = "text/event-stream";

/// A stream that is silent for longer has lost its other end: hubs send comments in between, every 15
/// seconds by default (T6).
const SILENCE_MAX: Duration = Duration::from_secs(90);

/// How long the head of the answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// What is followed.
#[derive(Clone, Debug)]
pub struct TailRequest {
    /// Where.
    pub hub: HubUrl,
    /// What; at least one.
    pub selectors: Vec<String>,
    /// As whom.
    pub token: Option<String>,
    /// From where: an event id, or `earliest`; none: from now on.
    pub since: Option<String>,
}

/// Follows a stream. Where a connection ends, the next one goes on after the last event received.
pub struct Tail {
    request: TailRequest,
    target: String,
    decoder: Decoder,
    backoff: Backoff,
    body: Option<Incoming>,
    /// Whether a stream was ever open: until then a hub that cannot be reached is an error.
    was_open: bool,
}

/// What a stream gives.
#[derive(Debug)]
pub enum Step {
    /// These messages, which arrived together; at least one.
    Messages(Vec<Message>),
    /// The connection ended; the next one is opened after so long.
    Interrupted(anyhow::Error, Duration),
    /// The hub says that there is nothing more to come.
    End,
}

impl Tail {
    /// Follows what `request` asks for; connects when it is first used.
    pub fn new(request: TailRequest) -> Self {
        let mut query = Serializer::new(String::new());
        for selector in &request.selectors {
            query.append_pair("topic", selector);
        }
        let target = format!("{}?{}", request.hub.path, query.finish());
        Self {
            request,
            target,
            decoder: Decoder::default(),
            backoff: Backoff::default(),
            body: None,
            was_open: false,
        }
    }

    /// What comes next. After an interruption it waits before it connects again.
    ///
    /// # Errors
    /// Where the hub refuses, or could not be reached in the first place.
    pub async fn next(&mut self) -> anyhow::Result<Step> {
        loop {
            let stepped = match &mut self.body {
                Some(_) => self.read().await,
                None => self.open().await,
            };
            match stepped {
                Ok(None) => {}
                Ok(Some(step)) => return Ok(step),
                Err(error) if !self.was_open || is_final(&error) => return Err(error),
                Err(error) => return Ok(self.interrupt(error)),
            }
        }
    }

    /// Waits as long as an interruption said.
    pub async fn pause(wait: Duration) {
        sleep(wait).await;
    }

    fn interrupt(&mut self, error: anyhow::Error) -> Step {
        self.body = None;
        self.decoder.reconnect();
        Step::Interrupted(error, self.backoff.next(self.decoder.reconnection_ms()))
    }

    async fn open(&mut self) -> anyhow::Result<Option<Step>> {
        let response = timeout(ANSWER_TIMEOUT, self.get())
            .await
            .context("no answer")??;
        match response.status() {
            StatusCode::NO_CONTENT => Ok(Some(Step::End)),
            StatusCode::OK => {
                self.was_open = true;
                self.body = Some(response.into_body());
                Ok(None)
            }
            _ => Err(Refusal::read(response).await.into()),
        }
    }

    async fn get(&self) -> anyhow::Result<Response<Incoming>> {
        let mut connection = Connection::open(&self.request.hub).await?;
        connection
            .send(self.head()?)
            .await
            .map_err(|error| match error {
                SendError::Unsent(_) => anyhow::anyhow!("the hub closed the connection"),
                SendError::Lost(error) => error.into(),
            })
    }

    fn head(&self) -> anyhow::Result<Request<Full<Bytes>>> {
        let TailRequest {
            hub, token, since, ..
        } = &self.request;
        let mut head = request(hub, Method::GET, &self.target, token.as_deref())?
            .header(ACCEPT, EVENT_STREAM)
            .header(CACHE_CONTROL, "no-store");
        let seen = Some(self.decoder.last_event_id()).filter(|id| !id.is_empty());
        if let Some(id) = seen.or(since.as_deref()) {
            // As bytes: an id need not be ASCII (F20).
            let id = HeaderValue::from_bytes(id.as_bytes()).context("not an event id")?;
            head = head.header(LAST_EVENT_ID, id);
        }
        Ok(head.body(Full::default())?)
    }

    /// What arrives next on the open stream, where that makes whole messages.
    async fn read(&mut self) -> anyhow::Result<Option<Step>> {
        let Some(body) = &mut self.body else {
            return Ok(None);
        };
        let frame = timeout(SILENCE_MAX, body.frame())
            .await
            .context("the stream fell silent")?;
        let frame = frame
            .context("the stream ended")?
            .context("the stream was cut off")?;
        let Ok(bytes) = frame.into_data() else {
            return Ok(None);
        };
        let fed = self.decoder.feed(&bytes);
        let messages: Vec<Message> = self.decoder.by_ref().collect();
        if !messages.is_empty() {
            self.backoff.reset();
            return Ok(Some(Step::Messages(messages)));
        }
        fed?;
        Ok(None)
    }
}

/// Whether there is no use in asking again: the hub said no, and not because it is busy.
fn is_final(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<Refusal>()
        .is_some_and(|refusal| !refusal.status.is_server_error())
}
