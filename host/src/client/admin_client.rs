//! Speaks to the operator's listener of a hub.

use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::Method;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, Full, Limited};
use serde_json::Value;
use tokio::time::timeout;

use super::connection::{Connection, SendError, request};
use super::{AdminUrl, Refusal};

/// How long a hub may take to answer: it compiles a component for 2 minutes at most, and waits 30 s for
/// its shards.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(180);

/// A hub with very many tenants has a lot to tell.
const ANSWER_BYTES_MAX: usize = 256 << 20;

/// Speaks to the operator's listener of a hub, one connection a request.
pub struct AdminClient {
    /// Where it is.
    pub admin: AdminUrl,
    /// The secret of `admin.token-file`.
    pub token: Option<String>,
}

/// What is sent along.
pub struct Body {
    /// Its type.
    pub content_type: String,
    /// Itself.
    pub bytes: Bytes,
}

impl AdminClient {
    /// Asks for something; answers the JSON that comes back.
    ///
    /// # Errors
    /// Where the hub cannot be reached, refuses it (a [`Refusal`]), or does not answer.
    pub async fn ask(
        &self,
        method: Method,
        target: &str,
        body: Option<Body>,
    ) -> anyhow::Result<Value> {
        let answered = timeout(ANSWER_TIMEOUT, self.send(method, target, body));
        answered.await.context("the hub did not answer")?
    }

    async fn send(
        &self,
        method: Method,
        target: &str,
        body: Option<Body>,
    ) -> anyhow::Result<Value> {
        let mut head = request(&self.admin.0, method, target, self.token.as_deref())?;
        let bytes = match body {
            None => Bytes::new(),
            Some(body) => {
                head = head.header(CONTENT_TYPE, body.content_type);
                body.bytes
            }
        };
        let mut connection = Connection::open(&self.admin.0).await?;
        let sent = connection.send(head.body(Full::new(bytes))?).await;
        let response = sent.map_err(|error| match error {
            SendError::Unsent(_) => anyhow::anyhow!("the hub closed the connection"),
            SendError::Lost(error) => anyhow::Error::new(error)
                .context("the connection ended before the answer; ask for the status"),
        })?;
        if !response.status().is_success() {
            return Err(Refusal::read(response).await.into());
        }
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX);
        let body = body.collect().await.map_err(anyhow::Error::from_boxed);
        let body = body.context("the answer was cut off")?.to_bytes();
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).context("the answer is no JSON: is this the admin listener?")
    }
}
