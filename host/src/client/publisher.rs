//! Publishes events, one after the other.

use std::time::Duration;

use anyhow::Context;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use http_body_util::Full;
use hyper::Response;
use hyper::body::Incoming;
use tokio::time::timeout;

use super::connection::{Connection, SendError, request};
use super::refusal::{Refusal, read_text};
use super::{HubUrl, Publication};

const FORM: &str = "application/x-www-form-urlencoded";

/// How long a hub may take to answer one publication: it may hold publishers back for a while.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// Publishes events, one after the other, over one connection that is opened again where the hub
/// closed it meanwhile. Each is sent once: where an answer is lost it fails rather than send twice.
pub struct Publisher {
    hub: HubUrl,
    token: Option<String>,
    connection: Option<Connection>,
}

impl Publisher {
    /// A publisher to `hub`; connects when it is first used.
    pub fn new(hub: HubUrl, token: Option<String>) -> Self {
        Self {
            hub,
            token,
            connection: None,
        }
    }

    /// Publishes one event and answers the id that it got.
    ///
    /// # Errors
    /// Where the hub cannot be reached, refuses it (a [`Refusal`]), or does not answer.
    pub async fn publish(&mut self, publication: &Publication) -> anyhow::Result<String> {
        let answered = timeout(ANSWER_TIMEOUT, async {
            let response = self.post(publication).await?;
            if !response.status().is_success() {
                return Err(Refusal::read(response).await.into());
            }
            read_text(response.into_body())
                .await
                .context("the answer was cut off")
        });
        let id = answered.await.context("the hub did not answer")??;
        Ok(id.trim().to_owned())
    }

    async fn post(&mut self, publication: &Publication) -> anyhow::Result<Response<Incoming>> {
        let mut message = self.request(publication)?;
        if let Some(mut connection) = self.connection.take() {
            match connection.send(message).await {
                Ok(response) => {
                    self.connection = Some(connection);
                    return Ok(response);
                }
                Err(SendError::Unsent(unsent)) => message = *unsent,
                Err(SendError::Lost(error)) => return Err(lost(error)),
            }
        }
        let mut connection = Connection::open(&self.hub).await?;
        let response = match connection.send(message).await {
            Ok(response) => response,
            Err(SendError::Unsent(_)) => anyhow::bail!("the hub closed the connection"),
            Err(SendError::Lost(error)) => return Err(lost(error)),
        };
        self.connection = Some(connection);
        Ok(response)
    }

    fn request(&self, publication: &Publication) -> anyhow::Result<Request<Full<bytes::Bytes>>> {
        let head = request(
            &self.hub,
            Method::POST,
            &self.hub.path,
            self.token.as_deref(),
        )?;
        Ok(head
            .header(CONTENT_TYPE, FORM)
            .body(Full::new(publication.to_form()))?)
    }
}

fn lost(error: hyper::Error) -> anyhow::Error {
    anyhow::Error::new(error)
        .context("the connection ended before the answer; the hub may have taken the event or not")
}
