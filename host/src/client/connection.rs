//! One HTTP/1.1 connection to a hub or another server, kept open between requests.

use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderValue, Method, Request, Response, request};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::HubUrl;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// One HTTP/1.1 connection.
pub struct Connection(SendRequest<Full<Bytes>>);

/// Why a request was not answered.
pub enum SendError {
    /// None of it was sent, so it may be sent again.
    Unsent(Box<Request<Full<Bytes>>>),
    /// The connection ended after it was sent: whether the other end acted on it is not known.
    Lost(hyper::Error),
}

impl Connection {
    /// Connects. The connection is driven by a task of its own until either side closes it.
    pub async fn open(hub: &HubUrl) -> anyhow::Result<Self> {
        let cannot = || format!("cannot connect to {}", hub.authority);
        let stream = connect(&hub.host, hub.port).await.with_context(cannot)?;
        Self::over(stream).await.with_context(cannot)
    }

    /// Speaks HTTP over `stream`, with a task of its own as [`Self::open`].
    pub async fn over<S>(stream: S) -> anyhow::Result<Self>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // Its error also reaches whoever waits for the answer.
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Sends a request and waits for the head of its answer.
    pub async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, SendError> {
        if self.0.ready().await.is_err() {
            return Err(SendError::Unsent(Box::new(request)));
        }
        self.0
            .try_send_request(request)
            .await
            .map_err(|mut error| match error.take_message() {
                Some(request) => SendError::Unsent(Box::new(request)),
                None => SendError::Lost(error.into_error()),
            })
    }
}

/// A TCP connection to `host`, a name or an address without brackets.
pub async fn connect(host: &str, port: u16) -> anyhow::Result<TcpStream> {
    let stream = timeout(CONNECT_TIMEOUT, TcpStream::connect((host, port))).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// The head of a request to `hub` for `target`, a path with or without a query.
pub fn request(
    hub: &HubUrl,
    method: Method,
    target: &str,
    token: Option<&str>,
) -> anyhow::Result<request::Builder> {
    let mut builder = Request::builder()
        .method(method)
        .uri(target)
        .header(HOST, &hub.authority);
    if let Some(token) = token {
        let mut value = HeaderValue::try_from(format!("Bearer {token}"))
            .context("the token holds what no header can")?;
        value.set_sensitive(true);
        builder = builder.header(AUTHORIZATION, value);
    }
    Ok(builder)
}
