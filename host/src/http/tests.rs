//! Requests and what they are answered, without a socket.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use serde_json::json;
use tower_service::Service;
use umbel_event::Event;
use umbel_eventlog::{MemoryLog, Retention};
use umbel_hub::{
    DEFAULT_TENANT, Hub, HubConfig, PolicyVersion, Resume, Tenant, TenantConfig, TenantSpec,
};
use umbel_routing::{RouterFactory, Settings};
use umbel_selector::{Matcher, Selector};

use super::surface::Asked;
use super::{
    Attributes, Bounds, Health, Origins, PublishTicket, SubscribeTicket, Surface, Surfaces, Target,
    Ticket, routes,
};
use crate::auth::{Algorithm, Issuer, Keyring, Role, Roles, Signer};
use crate::config::TenantName;

mod tenants;

const SECRET: &[u8] = b"a secret that only these tests use";
const PATH: &str = "/.well-known/mercure";
const PAGE: &str = "https://page.example";

/// A tenant that nobody is served by.
fn tenant() -> Arc<Tenant> {
    let retention = Retention {
        events_max: 1,
        bytes_max: 1,
        age_max_ms: 1,
    };
    let settings = Settings {
        config: String::new(),
        seed: 0,
        facts: Vec::new(),
    };
    let policy = Arc::new(RouterFactory::new(settings).unwrap());
    let log = Arc::new(MemoryLog::new(retention));
    let hub = Hub::new(HubConfig::default());
    let spec = TenantSpec {
        name: DEFAULT_TENANT.to_owned(),
        config: TenantConfig::default(),
        log,
        policy: PolicyVersion::of(policy),
        filter: None,
    };
    hub.add(spec).unwrap()
}

fn surface(anonymous: bool) -> Surface {
    let issuer = Issuer::new("test", Algorithm::Hs256, SECRET, Roles::ALL).unwrap();
    Surface {
        name: TenantName::default_tenant(),
        hosts: Vec::new(),
        tenant: tenant(),
        path: PATH.to_owned(),
        bounds: Bounds {
            selectors_max: 3,
            selector_bytes_max: 20,
            topics_max: 3,
            topic_bytes_max: 20,
            event_bytes_max: 100,
        },
        origins: Origins::new(&[PAGE.to_owned()]),
        keyring: Keyring::new(&[issuer], 20),
        anonymous_subscribers: anonymous,
        anonymous_publishers: anonymous,
        attributes: Attributes {
            names: vec!["user-agent".to_owned()],
            trusted_proxies: Vec::new(),
        },
        write_timeout: Duration::from_secs(10),
        subscribers_per_address_max: 0,
        addresses: Arc::default(),
    }
}

/// What was answered.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
    ticket: Option<Ticket>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The `detail` of the problem that the answer is.
    fn detail(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(problem["status"], self.status.as_u16());
        problem["detail"].as_str().unwrap().to_owned()
    }

    fn subscription(self) -> SubscribeTicket {
        match self.ticket {
            Some(Ticket::Subscribe(ticket)) => ticket,
            _ => panic!("no subscription: {}", self.body),
        }
    }

    fn event(self) -> Event {
        match self.ticket {
            Some(Ticket::Publish(PublishTicket { publication, .. })) => publication.event,
            _ => panic!("no event: {}", self.body),
        }
    }
}

async fn ask(surface: Surface, request: Request<Full<Bytes>>) -> Answer {
    let surfaces = Surfaces::new(surface, Vec::new());
    ask_any(&Arc::new(surfaces), &Arc::default(), false, request).await
}

/// As the shard would, for a client that names a host where the request does not.
async fn ask_any(
    surfaces: &Arc<Surfaces>,
    health: &Arc<Health>,
    page: bool,
    mut request: Request<Full<Bytes>>,
) -> Answer {
    if request.headers().get(HOST).is_none() {
        request
            .headers_mut()
            .insert(HOST, "hub.example".parse().unwrap());
    }
    let target = Target::of(&request);
    request.extensions_mut().insert(target);
    let mut service = warp::service(routes(surfaces, health, page));
    let response: Response<_> = service.call(request).await.unwrap();
    let (mut parts, body) = response.into_parts();
    let ticket = parts
        .extensions
        .remove::<Arc<Ticket>>()
        .map(Arc::unwrap_or_clone);
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
        ticket,
    }
}

fn get(query: &str) -> Request<Full<Bytes>> {
    Request::get(format!("{PATH}?{query}"))
        .body(Full::default())
        .unwrap()
}

fn post(form: &str) -> Request<Full<Bytes>> {
    let body = Full::from(form.to_owned());
    Request::post(PATH)
        .header(
            CONTENT_TYPE,
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .body(body)
        .unwrap()
}

fn with(mut request: Request<Full<Bytes>>, name: &str, value: &str) -> Request<Full<Bytes>> {
    let name = http::HeaderName::try_from(name).unwrap();
    request.headers_mut().append(
        name,
        http::HeaderValue::from_bytes(value.as_bytes()).unwrap(),
    );
    request
}

fn token(role: Role, selectors: &[&str]) -> String {
    let claims = json!({ "mercure": { role.name(): selectors }, "exp": 4_000_000_000_u64 });
    format!(
        "Bearer {}",
        Signer::from_secret(SECRET).sign(&claims).unwrap()
    )
}

fn template(pattern: &str) -> Selector {
    Selector::trusted(Matcher::UriTemplate, pattern)
}

#[tokio::test]
async fn a_subscription_that_is_wrong_is_told_what_is_wrong() {
    let long = "x".repeat(21);
    let rows: &[(&str, &str)] = &[
        ("", "name at least one topic"),
        ("topics=a", "name at least one topic"),
        ("topic=", "topic 1: a selector may not be empty"),
        ("topic=a&topic", "topic 2: a selector may not be empty"),
        ("topic=%ff", "topic 1 is not UTF-8"),
        (
            "topic=a&topic=b%0ac",
            "topic 2: a selector may not hold the character U+000A",
        ),
        ("topic=%00", "U+0000"),
        (
            "topic=a&topic=b&topic=c&topic=d",
            "there are 4 topics to subscribe to; the limit is 3",
        ),
        (
            &format!("topic={long}"),
            "topic 1: a selector of 21 bytes; the limit is 20",
        ),
    ];
    for (query, detail) in rows {
        let answer = ask(surface(true), get(query)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}");
        assert!(answer.ticket.is_none(), "{query}");
        assert!(answer.detail().contains(detail), "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn templates_with_too_many_variables_in_all_are_refused() {
    let mut surface = surface(true);
    surface.bounds.selectors_max = 1_000;
    let query = "topic={a}{b}{c}&".repeat(171);
    let answer = ask(surface, get(&query.replace('{', "%7b").replace('}', "%7d"))).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let detail = "templates with 513 variables in all; the limit is 512";
    assert!(answer.detail().contains(detail), "{}", answer.body);
}

#[tokio::test]
async fn topics_that_are_too_long_in_all_are_refused() {
    for (count, status) in [(4, StatusCode::OK), (5, StatusCode::PAYLOAD_TOO_LARGE)] {
        let mut surface = surface(true);
        surface.bounds.topics_max = 10;
        let form = format!("topic={}&", "x".repeat(20)).repeat(count);
        let answer = ask(surface, post(&form)).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[tokio::test]
async fn a_publication_that_is_wrong_is_told_what_is_wrong() {
    let (topic, data) = ("x".repeat(21), "x".repeat(101));
    let body = format!("topic=a&x={}", "y".repeat(9000));
    let rows: &[(u16, &str, &str)] = &[
        (400, "", "the form has no topic"),
        (400, "data=x", "the form has no topic"),
        (400, "topic=", "topic 1: not a topic: it is empty"),
        (400, "topic=*", "\"*\" selects all topics"),
        (400, "topic=a&topic=%ff", "topic 2 is not UTF-8"),
        (400, "topic=a%0d", "U+000D"),
        (400, "topic=a%E2%80%8B", "U+200B"),
        (
            413,
            &format!("topic={topic}"),
            "it has 21 bytes, the limit is 20",
        ),
        (
            413,
            "topic=a&topic=b&topic=c&topic=d",
            "there are 4 topics; the limit is 3",
        ),
        (400, "topic=a&data=%ff", "data 1 is not UTF-8"),
        (
            413,
            &format!("topic=a&data={data}"),
            "data has 101 bytes; the limit is 100",
        ),
        (400, "topic=a&id=%23x", "starts with \"#\""),
        (400, "topic=a&id=earliest", "\"earliest\" is reserved"),
        (400, "topic=a&id=a%0ab", "id: "),
        (400, "topic=a&id=%ff", "id 1 is not UTF-8"),
        (400, "topic=a&type=umbel.gap", "the hub's own"),
        (400, "topic=a&type=a%0db", "type: "),
        (400, "topic=a&retry=1x", "only digits"),
        (400, "topic=a&retry=-1", "only digits"),
        (400, "topic=a&retry=%2B1", "only digits"),
        (400, "topic=a&retry=1.5", "only digits"),
        (400, "topic=a&retry=4294967296", "at most 4294967295"),
        (413, &body, "the body is over the limit of 8795 bytes"),
    ];
    for (status, form, detail) in rows {
        let answer = ask(surface(true), post(form)).await;
        assert_eq!(answer.status.as_u16(), *status, "{form}");
        assert!(answer.ticket.is_none(), "{form}");
        assert!(answer.detail().contains(detail), "{form}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused() {
    for content_type in [
        "",
        "text/plain",
        "application/json",
        "multipart/form-data; boundary=x",
    ] {
        let mut request = post("topic=a");
        request
            .headers_mut()
            .insert(CONTENT_TYPE, content_type.parse().unwrap());
        let answer = ask(surface(true), request).await;
        assert_eq!(
            answer.status,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "{content_type}"
        );
        assert_eq!(answer.header("accept"), "application/x-www-form-urlencoded");
        assert!(
            answer
                .detail()
                .contains("application/x-www-form-urlencoded")
        );
    }
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_stored_nowhere() {
    let parts: Vec<Result<&[u8], &str>> = vec![Ok(b"topic=a&data=ha"), Err("connection reset")];
    let body = futures_util::stream::iter(parts);
    let asked = Asked {
        method: Method::POST,
        query: String::new(),
        headers: post("").headers().clone(),
        peer: None,
    };
    let response = surface(true).answer(asked, body).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert!(response.extensions().get::<Arc<Ticket>>().is_none());
}

#[tokio::test]
async fn a_publication_is_read_as_it_was_written() {
    let form = "topic=https%3A%2F%2Fa%2F%7Bb&topic=c+d&data=1%0D%0A2+&private=0&id=x&type=t\
                &retry=2000&unknown=%ff&data=second&id=second";
    let event = ask(surface(true), post(form)).await.event();
    let topics: Vec<_> = event
        .topics
        .iter()
        .map(umbel_event::Topic::as_str)
        .collect();
    assert_eq!(topics, ["https://a/{b", "c d"]);
    assert_eq!(event.data, "1\r\n2 ");
    assert_eq!(event.id.as_str(), "x");
    assert_eq!(
        event.kind.as_ref().map(umbel_event::Kind::as_str),
        Some("t")
    );
    assert_eq!((event.private, event.retry_ms), (true, Some(2000)));
    assert!(event.accepted_ms > 1_700_000_000_000);
}

#[tokio::test]
async fn an_event_without_an_id_gets_a_uuid_of_its_own() {
    let first = ask(surface(true), post("topic=a&id=&type=&retry="))
        .await
        .event();
    let second = ask(surface(true), post("topic=a")).await.event();
    assert!(first.id.as_str().starts_with("urn:uuid:"));
    assert_ne!(first.id, second.id);
    assert_eq!(
        (first.kind, first.retry_ms, first.private),
        (None, None, false)
    );
    assert!(first.data.is_empty());
}

#[tokio::test]
async fn a_subscription_is_read_as_it_was_written() {
    let request = with(
        get("topic=https%3A%2F%2Fa%2F%7Bb%7D&topic=*&x=%ff"),
        "user-agent",
        "me",
    );
    let ticket = ask(surface(true), request).await.subscription();
    assert_eq!(
        *ticket.selectors,
        [template("https://a/{b}"), template("*")]
    );
    assert_eq!(ticket.resume, Resume::Live);
    assert_eq!(
        *ticket.attributes,
        [("user-agent".to_owned(), "me".to_owned())]
    );
    assert!(ticket.grants.is_empty() && ticket.claims.is_empty() && ticket.expires_ms.is_none());
}

#[tokio::test]
async fn a_matching_language_is_named_by_its_parameter() {
    let asked = |query| async move {
        let ticket = ask(surface(true), get(query)).await.subscription();
        let matchers = ticket
            .selectors
            .iter()
            .map(|s| s.matcher().name().to_owned());
        matchers.collect::<Vec<_>>()
    };
    let own = asked("match_exact=a&match_urlpattern=b&topic=c").await;
    assert_eq!(own, ["exact", "url-pattern", "uri-template"]);
    assert_eq!(asked("match_glob2=a*").await, ["glob2"]);
    // Nothing that could not be the name of a language is one.
    let ignored = asked("topic=a&match_=b&match_2=c&match_Glob=d&match_a-b=e&match=f").await;
    assert_eq!(ignored, ["uri-template"]);
}

#[tokio::test]
async fn the_last_event_id_is_found_where_clients_put_it_and_the_header_wins() {
    let after = |id: &str| Resume::After(id.to_owned());
    let rows: &[(&str, Option<&str>, Resume)] = &[
        ("", None, Resume::Live),
        ("&lastEventID=a%20b", None, after("a b")),
        ("&Last-Event-ID=c", None, after("c")),
        ("&lastEventID=", None, after("")),
        ("&lastEventID=earliest", None, Resume::Earliest),
        ("&lastEventID=a", Some("b"), after("b")),
        ("&lastEventID=a", Some(""), after("")),
        ("", Some("earliest"), Resume::Earliest),
        ("", Some("…é"), after("…é")),
        ("&lastEventID=%ff", None, after("\u{fffd}")),
        ("&lasteventid=a", None, Resume::Live),
    ];
    for (query, header, resume) in rows {
        let mut request = get(&format!("topic=t{query}"));
        if let Some(header) = header {
            request = with(request, "last-event-id", header);
        }
        let ticket = ask(surface(true), request).await.subscription();
        assert_eq!(ticket.resume, *resume, "{query} {header:?}");
    }
}

#[tokio::test]
async fn without_a_good_token_nobody_learns_more_than_that() {
    let rows: &[(Option<&str>, u16, &str)] = &[
        (None, 401, "Bearer"),
        (Some("Bearer a.b.c"), 401, "Bearer error=\"invalid_token\""),
        (Some("Basic YTpi"), 400, "Bearer error=\"invalid_request\""),
    ];
    for (header, status, challenge) in rows {
        for mut request in [get("topic=a"), post("topic=a")] {
            if let Some(header) = header {
                request = with(request, AUTHORIZATION.as_str(), header);
            }
            let answer = ask(surface(false), request).await;
            assert_eq!(answer.status.as_u16(), *status, "{header:?}");
            assert_eq!(answer.header("www-authenticate"), *challenge, "{header:?}");
            assert!(answer.ticket.is_none() && !answer.detail().contains("a.b.c"));
        }
    }
}

#[tokio::test]
async fn a_bad_token_is_refused_even_where_none_is_needed() {
    let request = with(get("topic=a"), AUTHORIZATION.as_str(), "Bearer a.b.c");
    assert_eq!(
        ask(surface(true), request).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn a_publisher_needs_a_grant_for_every_topic() {
    let token = token(Role::Publish, &["https://a/{id}", "b"]);
    let rows = [
        ("topic=https://a/1&topic=b", 200),
        ("topic=b", 200),
        ("topic=b&topic=c", 403),
        ("topic=c", 403),
    ];
    for (form, status) in rows {
        let request = with(post(form), AUTHORIZATION.as_str(), &token);
        let answer = ask(surface(false), request).await;
        assert_eq!(answer.status.as_u16(), status, "{form}");
        assert_eq!(answer.ticket.is_some(), status == 200, "{form}");
        if status == 403 {
            let challenge = answer.header("www-authenticate");
            assert_eq!(challenge, "Bearer error=\"insufficient_scope\"");
        }
    }
}

#[tokio::test]
async fn a_subscribers_token_becomes_its_grants_claims_and_end() {
    let token = token(Role::Subscribe, &["https://a/{id}"]);
    let request = with(get("topic=x"), AUTHORIZATION.as_str(), &token);
    let ticket = ask(surface(false), request).await.subscription();
    assert_eq!(*ticket.grants, [template("https://a/{id}")]);
    assert!(ticket.claims.contains("mercure"));
    assert_eq!(ticket.expires_ms, Some(4_000_000_000_000));
}

#[tokio::test]
async fn other_methods_and_paths_are_told_so() {
    for method in ["HEAD", "PUT", "DELETE", "PATCH", "QUERY"] {
        let request = Request::builder()
            .method(method)
            .uri(PATH)
            .body(Full::default())
            .unwrap();
        let answer = ask(surface(true), request).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.header("allow"), "GET, POST, OPTIONS");
    }
    for path in [
        "/",
        "/.well-known/mercure/",
        "/.well-known",
        "/nothing?topic=a",
    ] {
        let request = Request::get(path).body(Full::default()).unwrap();
        assert_eq!(
            ask(surface(true), request).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_page_that_tells_how_is_there_only_when_asked_for() {
    let surfaces = Arc::new(Surfaces::new(surface(true), Vec::new()));
    let request = Request::get("/")
        .header("host", "127.0.0.1:9")
        .body(Full::default())
        .unwrap();
    let answer = ask_any(&surfaces, &Arc::default(), true, request).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(
        answer
            .body
            .contains("curl -N 'http://127.0.0.1:9/.well-known/mercure?topic=hello'")
    );
}

#[tokio::test]
async fn a_draining_hub_is_alive_and_not_ready() {
    let surfaces = Arc::new(Surfaces::new(surface(true), Vec::new()));
    let health = Arc::<Health>::default();
    let ask_for = async |path: &str| {
        let request = Request::get(path).body(Full::default()).unwrap();
        ask_any(&surfaces, &health, false, request).await.status
    };
    assert_eq!(ask_for("/readyz").await, StatusCode::OK);
    health.drain();
    assert_eq!(ask_for("/readyz").await, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ask_for("/healthz").await, StatusCode::OK);
}

#[tokio::test]
async fn only_pages_that_are_allowed_may_read_and_they_are_named() {
    for request in [get("topic=a"), get(""), post("topic=a"), post("")] {
        let answer = ask(surface(true), with(request, ORIGIN.as_str(), PAGE)).await;
        assert_eq!(answer.header("access-control-allow-origin"), PAGE);
        assert_eq!(answer.header("access-control-allow-credentials"), "true");
        assert_eq!(
            answer.header("access-control-expose-headers"),
            "Last-Event-ID, Link"
        );
        assert_eq!(answer.header("vary"), "Origin");
    }
    for origin in ["https://page.example.evil", "http://page.example", "null"] {
        let answer = ask(surface(true), with(get("topic=a"), ORIGIN.as_str(), origin)).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{origin}");
        assert_eq!(
            answer.header("access-control-allow-credentials"),
            "",
            "{origin}"
        );
        assert_eq!(answer.header("vary"), "Origin");
    }
}

#[tokio::test]
async fn a_star_among_the_origins_never_goes_with_credentials() {
    let open = Surface {
        origins: Origins::new(&["*".to_owned()]),
        ..surface(true)
    };
    let answer = ask(open, with(get("topic=a"), ORIGIN.as_str(), PAGE)).await;
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    assert_eq!(answer.header("access-control-allow-credentials"), "");
}

#[tokio::test]
async fn a_preflight_is_answered_without_a_token() {
    let request = Request::options(PATH)
        .header(ORIGIN, PAGE)
        .header("access-control-request-headers", "last-event-id")
        .body(Full::default())
        .unwrap();
    let answer = ask(surface(false), request).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    assert_eq!(answer.header("access-control-allow-origin"), PAGE);
    assert_eq!(
        answer.header("access-control-allow-methods"),
        "GET, POST, OPTIONS"
    );
    assert!(
        answer
            .header("access-control-allow-headers")
            .contains("last-event-id")
    );
}
