//! One repository of a registry, over HTTP.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use bytes::{Bytes, BytesMut};
use form_urlencoded::Serializer;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use serde::Deserialize;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::challenge::Challenge;
use super::credentials::Credentials;
use super::reference::Reference;
use super::site::Site;
use super::tls;
use crate::client::{Connection, SendError, connect};

/// How long the head of an answer may take; a registry reads what was pushed before it answers.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// How long nothing may come of a body that has begun.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// How often a registry may lead elsewhere for one answer.
const REDIRECTS_MAX: usize = 5;

/// Bytes of what a registry says is wrong, and of a token.
const WORDS_BYTES_MAX: usize = 64 << 10;

/// Bytes of that which are shown.
const SHOWN_BYTES_MAX: usize = 300;

/// One repository of a registry.
pub(super) struct Registry {
    site: Site,
    /// What is asked for where a token is given out.
    scope: String,
    credentials: Option<Credentials>,
    /// What let the last request in.
    authorization: Option<HeaderValue>,
    tls: Option<TlsConnector>,
}

/// What is asked of a registry.
#[derive(Clone, Default)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    /// The type that the answer is to have.
    pub(super) accept: Option<&'static str>,
    /// What is sent along, and its type.
    pub(super) content: Option<(&'static str, Bytes)>,
}

/// What is answered by whoever gives tokens out; both names are in use.
#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl Registry {
    /// The repository of `reference`, for these `actions`, such as `pull`.
    pub(super) fn of(reference: &Reference, actions: &str) -> Self {
        Self {
            site: Site::of_registry(&reference.registry),
            scope: format!("repository:{}:{actions}", reference.repository),
            credentials: Credentials::for_registry(reference.registry.as_str()),
            authorization: None,
            tls: None,
        }
    }

    /// What is answered, from wherever the registry leads.
    pub(super) async fn get(&mut self, ask: Ask) -> anyhow::Result<Response<Incoming>> {
        let mut response = self.ask(&ask).await?;
        let mut site = self.site.clone();
        for _ in 0..REDIRECTS_MAX {
            if !response.status().is_redirection() {
                return Ok(response);
            }
            let (next, target) = site.lead(location(&response)?)?;
            let ask = Ask {
                target,
                ..ask.clone()
            };
            let known = self.known_to(&next);
            response = self.send(&next, &ask, known).await?;
            site = next;
        }
        ensure!(
            !response.status().is_redirection(),
            "the registry leads elsewhere more than {REDIRECTS_MAX} times"
        );
        Ok(response)
    }

    /// What the registry itself answers. Where it asks who this is, it is told.
    pub(super) async fn ask(&mut self, ask: &Ask) -> anyhow::Result<Response<Incoming>> {
        let site = self.site.clone();
        let response = self.send(&site, ask, self.authorization.clone()).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let Some(challenge) = Challenge::of(response.headers()) else {
            bail!("the registry lets in whom it knows alone, and does not say how to be known");
        };
        let known = self.authorize(challenge).await?;
        self.authorization = Some(known.clone());
        self.send(&site, ask, Some(known)).await
    }

    /// Sends the rest of an upload to where the registry wants it.
    pub(super) async fn put(&mut self, to: &str, ask: Ask) -> anyhow::Result<Response<Incoming>> {
        let (site, target) = self.site.lead(to)?;
        let known = self.known_to(&site);
        self.send(&site, &Ask { target, ..ask }, known).await
    }

    /// What lets in at `site`: nobody but the registry itself is told.
    fn known_to(&self, site: &Site) -> Option<HeaderValue> {
        let known = self.authorization.clone();
        known.filter(|_| *site == self.site)
    }

    async fn authorize(&mut self, challenge: Challenge) -> anyhow::Result<HeaderValue> {
        let basic = self.credentials.as_ref().map(Credentials::header);
        let (realm, service) = match challenge {
            Challenge::Basic => {
                return basic.context(
                    "the registry asks for a user and a password: set UMBEL_OCI_USER and \
                     UMBEL_OCI_PASSWORD, or use `docker login` without a credential helper",
                );
            }
            Challenge::Bearer { realm, service } => (realm, service),
        };
        let (site, path) = self.site.lead(&realm)?;
        let mut query = Serializer::new(String::new());
        if let Some(service) = service {
            query.append_pair("service", &service);
        }
        query.append_pair("scope", &self.scope);
        let joint = if path.contains('?') { '&' } else { '?' };
        let ask = Ask {
            target: format!("{path}{joint}{}", query.finish()),
            ..Ask::default()
        };
        let response = self.send(&site, &ask, basic).await?;
        if !response.status().is_success() {
            return Err(refusal(response).await.context("no token was given out"));
        }
        let text = read(response.into_body(), WORDS_BYTES_MAX).await?;
        let token: Token = serde_json::from_slice(&text).context("what came is no token")?;
        let token = token
            .token
            .or(token.access_token)
            .context("what came is no token")?;
        let mut value =
            HeaderValue::try_from(format!("Bearer {token}")).context("what came is no token")?;
        value.set_sensitive(true);
        Ok(value)
    }

    async fn send(
        &mut self,
        site: &Site,
        ask: &Ask,
        authorization: Option<HeaderValue>,
    ) -> anyhow::Result<Response<Incoming>> {
        let mut head = Request::builder()
            .method(ask.method.clone())
            .uri(&ask.target)
            .header(HOST, &site.authority);
        if let Some(accept) = ask.accept {
            head = head.header(ACCEPT, accept);
        }
        if let Some(authorization) = authorization {
            head = head.header(AUTHORIZATION, authorization);
        }
        let mut body = Bytes::new();
        if let Some((content_type, bytes)) = &ask.content {
            head = head.header(CONTENT_TYPE, *content_type);
            body = bytes.clone();
        }
        let request = head.body(Full::new(body))?;
        let answered = timeout(ANSWER_TIMEOUT, async {
            let cannot = || format!("cannot connect to {}", site.authority);
            let mut connection = self.connect(site).await.with_context(cannot)?;
            connection.send(request).await.map_err(|error| match error {
                SendError::Unsent(_) => anyhow::anyhow!("{} hung up", site.authority),
                SendError::Lost(error) => {
                    anyhow::Error::new(error).context(format!("{} hung up", site.authority))
                }
            })
        });
        let in_time = || format!("{} did not answer in {ANSWER_TIMEOUT:?}", site.authority);
        answered.await.with_context(in_time)?
    }

    async fn connect(&mut self, site: &Site) -> anyhow::Result<Connection> {
        let stream = connect(&site.host, site.port).await?;
        if !site.secure {
            return Connection::over(stream).await;
        }
        let connector = match &mut self.tls {
            Some(connector) => connector,
            none => none.insert(tls::connector()?),
        };
        Connection::over(tls::wrap(connector, &site.host, stream).await?).await
    }
}

/// Where `response` leads.
pub(super) fn location(response: &Response<Incoming>) -> anyhow::Result<&str> {
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|location| location.to_str().ok());
    location.context("the registry leads elsewhere and does not say where")
}

/// The whole of a body of at most so many bytes.
pub(super) async fn read(mut body: Incoming, bytes_max: usize) -> anyhow::Result<Bytes> {
    let mut bytes = BytesMut::new();
    loop {
        let frame = timeout(SILENCE_MAX, body.frame()).await;
        let Some(frame) = frame.context("the registry fell silent")? else {
            return Ok(bytes.freeze());
        };
        let cut = || format!("the registry broke off after {} bytes", bytes.len());
        if let Ok(data) = frame.with_context(cut)?.into_data() {
            ensure!(
                data.len() <= bytes_max - bytes.len(),
                "the registry sends more than {bytes_max} bytes"
            );
            bytes.extend_from_slice(&data);
        }
    }
}

/// What a registry says where it does not do what it was asked for.
pub(super) async fn refusal(response: Response<Incoming>) -> anyhow::Error {
    let status = response.status();
    let body = read(response.into_body(), WORDS_BYTES_MAX)
        .await
        .unwrap_or_default();
    let body: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
    let words = body["errors"][0]["message"].as_str().unwrap_or_default();
    let words: String = words.chars().filter(|c| !c.is_control()).collect();
    let words = &words[..words.floor_char_boundary(SHOWN_BYTES_MAX)];
    let mend = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            "; look at the user and password, and what they are good for"
        }
        StatusCode::TOO_MANY_REQUESTS => "; try again later",
        status if status.is_server_error() => "; the registry is at fault: try again later",
        _ => "",
    };
    let colon = if words.is_empty() { "" } else { ": " };
    anyhow::anyhow!("the registry answers {status}{colon}{words}{mend}")
}
