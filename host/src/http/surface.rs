//! What one tenant offers at the path of its hub, and the way of a request through it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Buf;
use futures_util::Stream;
use http::{HeaderMap, Method};
use umbel_hub::{Publication, Tenant};
use warp::reply::Response;

use super::cors::HUB_METHODS;
use super::publish::{check_content_type, drain, parse_publication, read_body};
use super::request_error::RequestError;
use super::stamp::{Stamp, unix_ms};
use super::subscribe::parse_subscription;
use super::{
    AddressQuota, Addresses, Attributes, Bounds, Origins, Peer, PublishTicket, SubscribeTicket,
    Ticket,
};
use crate::auth::{Grant, Keyring, PresentationError, Role, bearer_token};
use crate::config::{Config, HostName, TenantName, TenantSettings};

/// What one tenant offers at the path of its hub.
pub(crate) struct Surface {
    /// What the tenant is called.
    pub(crate) name: TenantName,
    /// Hosts of its own.
    pub(crate) hosts: Vec<HostName>,
    /// Whose events these are.
    pub(crate) tenant: Arc<Tenant>,
    /// Where it is: `/.well-known/mercure` unless told otherwise (protocol item 5).
    pub(crate) path: String,
    /// How much one request may hold.
    pub(crate) bounds: Bounds,
    /// Which other pages may use it.
    pub(crate) origins: Origins,
    /// Whose tokens count.
    pub(crate) keyring: Keyring,
    /// Whether subscribing needs no token; only public events then (protocol item 58).
    pub(crate) anonymous_subscribers: bool,
    /// Whether publishing needs no token: `--dev` alone.
    pub(crate) anonymous_publishers: bool,
    /// What is passed on to the policy.
    pub(crate) attributes: Attributes,
    /// How long a subscriber may take nothing of what is written to it.
    pub(crate) write_timeout: Duration,
    /// Subscribers from one address; 0: no limit.
    pub(crate) subscribers_per_address_max: usize,
    /// How many there are.
    pub(crate) addresses: Arc<Addresses>,
}

/// A request but for its body.
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) peer: Option<Peer>,
}

impl Surface {
    /// What `settings` describe, for the events of `tenant`. `addresses` has those who are counted
    /// already.
    pub(crate) fn of(
        config: &Config,
        settings: &TenantSettings,
        tenant: Arc<Tenant>,
        addresses: Arc<Addresses>,
    ) -> Self {
        let (mercure, limits) = (&settings.mercure, &settings.limits);
        Self {
            name: settings.name.clone(),
            hosts: settings.hosts.clone(),
            tenant,
            path: mercure.path.clone(),
            bounds: Bounds {
                selectors_max: limits.selectors_max,
                selector_bytes_max: limits.selector_bytes_max,
                topics_max: limits.topics_max,
                topic_bytes_max: limits.topic_bytes_max,
                event_bytes_max: limits.event_bytes_max,
            },
            origins: Origins::new(&mercure.cors_origins),
            keyring: Keyring::new(&mercure.issuers, limits.selector_bytes_max),
            anonymous_subscribers: mercure.anonymous,
            anonymous_publishers: config.dev,
            attributes: Attributes {
                names: settings.policy.attributes.clone(),
                trusted_proxies: config.trusted_proxies.clone(),
            },
            write_timeout: settings.stream.write_timeout,
            subscribers_per_address_max: limits.subscribers_per_address_max,
            addresses,
        }
    }

    /// The answer to a request at the path of the hub.
    pub(crate) async fn answer<S, B, E>(&self, asked: Asked, body: S) -> Response
    where
        S: Stream<Item = Result<B, E>>,
        B: Buf,
    {
        match asked.method {
            Method::GET => self.reply(&asked.headers, self.subscribe_ticket(&asked)),
            Method::POST => self.publish(&asked.headers, body).await,
            Method::OPTIONS => self.share(&asked.headers, Origins::preflight()),
            _ => RequestError::Method { allow: HUB_METHODS }.response(),
        }
    }

    /// The answer to a POST: a ticket for an event, or why not. Who may not publish is told so before
    /// their body is kept.
    async fn publish<S, B, E>(&self, headers: &HeaderMap, body: S) -> Response
    where
        S: Stream<Item = Result<B, E>>,
        B: Buf,
    {
        let admitted = self.publisher(headers).and_then(|grant| {
            check_content_type(headers)?;
            Ok(grant)
        });
        let ticket = match admitted {
            Ok(grant) => self.publish_ticket(headers, body, grant.as_ref()).await,
            Err(error) => {
                drain(body).await;
                Err(error)
            }
        };
        self.reply(headers, ticket)
    }

    /// Adds to `response` what lets other pages read it.
    fn share(&self, request: &HeaderMap, mut response: Response) -> Response {
        self.origins.allow(request, response.headers_mut());
        response
    }

    fn reply(&self, request: &HeaderMap, ticket: Result<Ticket, RequestError>) -> Response {
        let response = match ticket {
            Ok(ticket) => {
                let mut response = Response::new("".into());
                response.extensions_mut().insert(Arc::new(ticket));
                response
            }
            Err(error) => {
                tracing::debug!(%error, status = error.status().as_u16(), "request refused");
                error.response()
            }
        };
        self.share(request, response)
    }

    fn subscribe_ticket(&self, asked: &Asked) -> Result<Ticket, RequestError> {
        let (headers, peer) = (&asked.headers, asked.peer);
        let grant = self.grant(headers, Role::Subscribe, self.anonymous_subscribers)?;
        let wanted = parse_subscription(&asked.query, headers, &self.bounds)?;
        let (grants, claims, expires_ms) = match grant {
            Some(grant) => (grant.selectors.into(), grant.claims, grant.expires_ms),
            None => (Arc::from([]), Arc::from(""), None),
        };
        let client = peer.map(|peer| self.attributes.client(peer, headers));
        Ok(Ticket::Subscribe(SubscribeTicket {
            tenant: Arc::clone(&self.tenant),
            selectors: wanted.selectors,
            grants,
            claims,
            attributes: self.attributes.of(headers, peer),
            resume: wanted.resume,
            expires_ms,
            write_timeout: self.write_timeout,
            quota: client.map(|client| self.quota(client)),
        }))
    }

    async fn publish_ticket<S, B, E>(
        &self,
        headers: &HeaderMap,
        body: S,
        grant: Option<&Grant>,
    ) -> Result<Ticket, RequestError>
    where
        S: Stream<Item = Result<B, E>>,
        B: Buf,
    {
        let form = read_body(headers, body, self.bounds.body_bytes_max()).await?;
        let event = parse_publication(&form, &self.bounds, Stamp::now())?;
        let publication = Publication {
            event,
            claims: grant.map_or_else(|| Arc::from(""), |grant| Arc::clone(&grant.claims)),
            grants: grant.map(|grant| grant.selectors.as_slice().into()),
        };
        if !publication.is_granted() {
            return Err(RequestError::NotGranted);
        }
        Ok(Ticket::Publish(PublishTicket {
            tenant: Arc::clone(&self.tenant),
            publication,
        }))
    }

    fn quota(&self, client: IpAddr) -> AddressQuota {
        AddressQuota {
            addresses: Arc::clone(&self.addresses),
            address: client,
            max: self.subscribers_per_address_max,
        }
    }

    fn publisher(&self, headers: &HeaderMap) -> Result<Option<Grant>, RequestError> {
        self.grant(headers, Role::Publish, self.anonymous_publishers)
    }

    /// What the token of the request allows; `None` for an anonymous one, where that is enough. The
    /// client never learns which check its token failed (protocol item 42).
    fn grant(
        &self,
        headers: &HeaderMap,
        role: Role,
        anonymous: bool,
    ) -> Result<Option<Grant>, RequestError> {
        let token = match bearer_token(headers) {
            Ok(token) => token,
            Err(PresentationError::Missing) if anonymous => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let grant = self.keyring.verify(token, role, unix_ms() / 1000);
        grant.map(Some).map_err(|error| {
            tracing::info!(%error, role = role.name(), "token refused");
            RequestError::TokenInvalid
        })
    }
}
