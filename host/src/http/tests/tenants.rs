//! Which tenant a request belongs to, and that it stays there.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST, ORIGIN};
use http::{Request, StatusCode, Version};
use http_body_util::Full;
use serde_json::json;
use umbel_hub::Tenant;

use super::super::Bounds;
use super::{Answer, ask_any, post, surface, tenant, with};
use crate::auth::{Algorithm, Issuer, Keyring, Role, Roles, Signer};
use crate::config::{HostName, TenantName};
use crate::http::{Origins, PublishTicket, SubscribeTicket, Surface, Surfaces, Ticket};

const NEWS_SECRET: &[u8] = b"a secret of the tenant that is called news";
const TOP_SECRET: &[u8] = super::SECRET;

/// The tenants `default`, `news` with a host of its own, and `plain` with neither host nor token.
struct Hub {
    surfaces: Arc<Surfaces>,
    tenants: [(&'static str, Arc<Tenant>); 3],
}

fn hub() -> Hub {
    let tenants = ["default", "news", "plain"].map(|name| (name, tenant()));
    let of = |n: usize, anonymous| {
        let (name, tenant) = &tenants[n];
        Surface {
            name: TenantName::parse(name).unwrap(),
            tenant: Arc::clone(tenant),
            ..surface(anonymous)
        }
    };
    let issuer = Issuer::new("news", Algorithm::Hs256, NEWS_SECRET, Roles::ALL).unwrap();
    let hosts = ["news.example", "::1"].map(|host| HostName::parse(host).unwrap());
    let news = Surface {
        hosts: hosts.to_vec(),
        keyring: Keyring::new(&[issuer], 20),
        origins: Origins::new(&["https://news.example".to_owned()]),
        bounds: Bounds {
            selectors_max: 1,
            ..surface(false).bounds
        },
        ..of(1, false)
    };
    let plain = Surface {
        path: "/hub".to_owned(),
        ..of(2, true)
    };
    Hub {
        surfaces: Arc::new(Surfaces::new(of(0, false), vec![news, plain])),
        tenants,
    }
}

impl Hub {
    async fn ask(&self, request: Request<Full<Bytes>>) -> Answer {
        ask_any(&self.surfaces, &Arc::default(), false, request).await
    }

    /// Whose ticket it is.
    fn owner(&self, answer: &Answer) -> &'static str {
        let tenant = match &answer.ticket {
            Some(Ticket::Publish(PublishTicket { tenant, .. })) => tenant,
            Some(Ticket::Subscribe(SubscribeTicket { tenant, .. })) => tenant,
            None => return "nobody",
        };
        let found = self.tenants.iter().find(|(_, t)| Arc::ptr_eq(t, tenant));
        found.unwrap().0
    }
}

fn bearer(secret: &[u8], role: Role) -> String {
    let claims = json!({ "mercure": { role.name(): ["*"] }, "exp": 4_000_000_000_u64 });
    let token = Signer::from_secret(secret).sign(&claims).unwrap();
    format!("Bearer {token}")
}

fn get(uri: &str, host: &str) -> Request<Full<Bytes>> {
    let request = Request::get(uri).header(HOST, host);
    request.body(Full::default()).unwrap()
}

#[tokio::test]
async fn a_tenant_is_found_by_its_host_else_by_the_path_else_it_is_the_default() {
    const HUB: &str = "/.well-known/mercure?topic=a";
    let absolute = format!("http://news.example{HUB}");
    let rows: &[(&str, &str, &str)] = &[
        (HUB, "hub.example", "default"),
        (HUB, "", "default"),
        (HUB, "news.example", "news"),
        (HUB, "NEWS.example:3000", "news"),
        (HUB, "news.example.", "news"),
        (HUB, "[::1]:3000", "news"),
        (HUB, "[0:0::1]", "news"),
        (HUB, "not-news.example", "default"),
        ("/t/news/.well-known/mercure?topic=a", "hub.example", "news"),
        (
            "/t/default/.well-known/mercure?topic=a",
            "hub.example",
            "default",
        ),
        ("/t/plain/hub?topic=a", "hub.example", "plain"),
        (&absolute, "hub.example", "news"),
    ];
    let hub = hub();
    for (uri, host, tenant) in rows {
        let secret = if *tenant == "news" {
            NEWS_SECRET
        } else {
            TOP_SECRET
        };
        let mut request = get(uri, host);
        if *tenant != "plain" {
            request = with(
                request,
                AUTHORIZATION.as_str(),
                &bearer(secret, Role::Subscribe),
            );
        }
        let answer = hub.ask(request).await;
        assert_eq!(
            answer.status,
            StatusCode::OK,
            "{uri} {host}: {}",
            answer.body
        );
        assert_eq!(hub.owner(&answer), *tenant, "{uri} {host}");
    }
}

#[tokio::test]
async fn a_path_that_names_no_tenant_leads_nowhere() {
    let rows = [
        ("/t/nobody/.well-known/mercure", "hub.example"),
        ("/t/news", "hub.example"),
        ("/t/news/", "hub.example"),
        ("/t//.well-known/mercure", "hub.example"),
        ("/t/NEWS/.well-known/mercure", "hub.example"),
        ("/t/n%65ws/.well-known/mercure", "hub.example"),
        ("/t/plain/.well-known/mercure", "hub.example"),
        ("/t/news/t/news/.well-known/mercure", "hub.example"),
        ("/hub", "hub.example"),
        // At a host of its own there is one tenant alone.
        ("/t/plain/hub", "news.example"),
        ("/t/news/.well-known/mercure", "news.example"),
    ];
    let hub = hub();
    for (path, host) in rows {
        let answer = hub.ask(get(&format!("{path}?topic=a"), host)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path} {host}");
    }
}

#[tokio::test]
async fn a_tenant_cannot_be_reached_with_the_token_of_another() {
    let hub = hub();
    let news_host = |request| with(request, HOST.as_str(), "news.example");
    for (role, request) in [
        (
            Role::Subscribe,
            get("/.well-known/mercure?topic=a", "news.example"),
        ),
        (
            Role::Subscribe,
            get("/t/news/.well-known/mercure?topic=a", "hub.example"),
        ),
        (Role::Publish, news_host(post("topic=a"))),
    ] {
        let with_token = |secret| {
            let mut copy = Request::builder()
                .method(request.method())
                .uri(request.uri());
            *copy.headers_mut().unwrap() = request.headers().clone();
            let copy = copy.body(request.body().clone()).unwrap();
            with(copy, AUTHORIZATION.as_str(), &bearer(secret, role))
        };
        let other = hub.ask(with_token(TOP_SECRET)).await;
        assert_eq!(other.status, StatusCode::UNAUTHORIZED, "{}", request.uri());
        assert!(other.ticket.is_none());
        let own = hub.ask(with_token(NEWS_SECRET)).await;
        assert_eq!(own.status, StatusCode::OK, "{}", own.body);
        assert_eq!(hub.owner(&own), "news");
    }
    let top = with(
        post("topic=a"),
        AUTHORIZATION.as_str(),
        &bearer(NEWS_SECRET, Role::Publish),
    );
    assert_eq!(hub.ask(top).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn each_tenant_has_its_own_bounds_origins_and_anonymous_switch() {
    let hub = hub();
    let two = "topic=a&topic=b";
    let news = get(&format!("/.well-known/mercure?{two}"), "news.example");
    let news = with(
        news,
        AUTHORIZATION.as_str(),
        &bearer(NEWS_SECRET, Role::Subscribe),
    );
    let news = hub
        .ask(with(news, ORIGIN.as_str(), "https://news.example"))
        .await;
    assert_eq!(news.status, StatusCode::BAD_REQUEST);
    assert!(news.detail().contains("the limit is 1"), "{}", news.body);
    assert_eq!(
        news.header("access-control-allow-origin"),
        "https://news.example"
    );
    let plain = get(&format!("/t/plain/hub?{two}"), "hub.example");
    let plain = hub
        .ask(with(plain, ORIGIN.as_str(), "https://news.example"))
        .await;
    assert_eq!(
        plain.status,
        StatusCode::OK,
        "no token is needed: {}",
        plain.body
    );
    assert_eq!(plain.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn a_request_whose_host_is_not_clear_is_refused() {
    let hub = hub();
    let twice = with(get("/t/plain/hub?topic=a", "a"), HOST.as_str(), "a");
    let rows = [
        (twice, "more than one host"),
        (get("/t/plain/hub?topic=a", "a b"), "no host"),
    ];
    for (request, detail) in rows {
        let answer = hub.ask(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.detail().contains(detail), "{}", answer.body);
    }
    let mut older = get("/t/plain/hub?topic=a", "");
    older.headers_mut().remove(HOST);
    *older.version_mut() = Version::HTTP_10;
    let target = super::Target::of(&older);
    assert_eq!(target.host(), Ok(None), "HTTP/1.0 needs none");
}

#[tokio::test]
async fn surfaces_are_replaced_as_a_whole() {
    let hub = hub();
    let path = "/t/plain/hub?topic=a";
    assert_eq!(hub.ask(get(path, "a")).await.status, StatusCode::OK);
    hub.surfaces.replace(surface(true), Vec::new());
    assert_eq!(hub.ask(get(path, "a")).await.status, StatusCode::NOT_FOUND);
    let answer = hub
        .ask(get("/.well-known/mercure?topic=a", "news.example"))
        .await;
    assert_eq!(
        answer.status,
        StatusCode::OK,
        "the host is nobody's own any more"
    );
}
