//! Who gets what from the operator's listener.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tower_service::Service;

use super::access::{AccessError, check_page, check_token};
use super::openapi::OPENAPI;
use super::route::{Action, ROUTES, Route};
use super::{Admin, Uploads, admin_routes};
use crate::config::{AdminAccess, AdminToken, Config, Sources};
use crate::http::{Health, Later};
use crate::server::Tenancy;
use crate::telemetry::{ConnectionMetrics, InstanceMetrics, Metrics};

const TOKEN: &str = "0123456789abcdef";

/// A listener in front of two tenants that decide without components; nobody is served by them.
fn admin(access: AdminAccess) -> Arc<Admin> {
    let sources = Sources {
        dev: true,
        ..Sources::default()
    };
    let variables: &[(&str, &str)] = &[
        ("UMBEL_POLICY__COMPONENT", "native"),
        (
            "UMBEL_TENANT",
            "[{ name = 'news', hosts = ['news.example'] }]",
        ),
    ];
    let (config, faults) = Config::inspect(&sources, &variables);
    assert_eq!(faults, []);
    let tenancy = Arc::new(Tenancy::open(&config, None).unwrap());
    let connections = ConnectionMetrics::default();
    Arc::new(Admin {
        access,
        health: Arc::<Health>::default(),
        metrics: Metrics::new(
            &tenancy.hub,
            &connections,
            InstanceMetrics(Arc::clone(&tenancy.components)),
        ),
        connections,
        shards: 1,
        tenancy,
        started: Instant::now(),
        uploads: Uploads::default(),
    })
}

fn secret() -> AdminAccess {
    AdminAccess::Token(AdminToken::from(TOKEN))
}

fn ask(admin: &Arc<Admin>, request: Request<Vec<u8>>) -> (Response<()>, String) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut service = warp::service(admin_routes(admin));
        let request = request.map(|body| Full::new(Bytes::from(body)));
        let reply = service.call(request).await.unwrap();
        let (parts, body) = Later::settle(reply).await.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        (Response::from_parts(parts, ()), text)
    })
}

fn request(method: &str, path: &str) -> http::request::Builder {
    let path = path.replace("{t}", "default").replace("{id}", "0-0");
    let builder = Request::builder().method(method).uri(path);
    builder.header("host", "127.0.0.1:3001")
}

/// What somebody with the token is answered.
fn get(admin: &Arc<Admin>, path: &str) -> Value {
    let (head, body) = send(admin, "GET", path);
    assert_eq!(head, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap()
}

fn send(admin: &Arc<Admin>, method: &str, path: &str) -> (u16, String) {
    let request = request(method, path).header("authorization", format!("Bearer {TOKEN}"));
    let (head, body) = ask(admin, request.body(Vec::new()).unwrap());
    (head.status().as_u16(), body)
}

fn changes(route: &&Route) -> bool {
    route.action.deed().is_some()
}

#[test]
fn the_document_describes_the_routes_that_there_are_and_no_others() {
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut described = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let public = operation["security"] == json!([]);
            described.insert((path.clone(), method.to_uppercase(), public));
        }
    }
    let mut there: BTreeSet<_> = ROUTES
        .iter()
        .map(|route| {
            let method = route.method.as_str().to_owned();
            (route.path.to_owned(), method, !route.action.needs_token())
        })
        .collect();
    for path in ["/healthz", "/readyz"] {
        there.insert((path.to_owned(), "GET".to_owned(), true));
    }
    assert_eq!(described, there);
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(name)) = fields.get("$ref") {
                    found.insert(name.clone());
                }
                fields.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for name in found {
        let pointer = name.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{name}");
    }
}

#[test]
fn each_route_asks_for_the_token_but_for_those_that_need_none() {
    let admin = admin(secret());
    for route in ROUTES {
        let method = route.method.as_str();
        for token in [None, Some("Bearer 0123456789abcdeX")] {
            let mut request = request(method, route.path);
            if let Some(token) = token {
                request = request.header("authorization", token);
            }
            let (head, body) = ask(&admin, request.body(Vec::new()).unwrap());
            if route.action == Action::Metrics {
                assert_eq!(head.status(), 200, "{route:?}");
                continue;
            }
            assert_eq!(head.status(), 401, "{route:?}");
            assert_eq!(head.headers()["www-authenticate"], "Bearer");
            assert_eq!(head.headers()["content-type"], "application/problem+json");
            assert!(body.contains("admin.token-file"), "{body}");
        }
    }
    assert!(admin.health.is_ready());
}

#[test]
fn other_pages_change_nothing_also_where_no_token_is_asked_for() {
    let admin = admin(AdminAccess::Open);
    let foreign = [
        ("origin", "https://evil.example", 403),
        ("origin", "null", 403),
        ("sec-fetch-site", "cross-site", 403),
        ("sec-fetch-site", "same-site", 403),
        ("host", "evil.example:3001", 421),
    ];
    for route in ROUTES {
        for (name, value, status) in foreign {
            let mut request = request(route.method.as_str(), route.path);
            let headers = request.headers_mut().unwrap();
            headers.insert(name, HeaderValue::from_static(value));
            let (head, body) = ask(&admin, request.body(Vec::new()).unwrap());
            assert_eq!(head.status(), status, "{route:?} {name}: {value}: {body}");
        }
    }
    assert!(admin.health.is_ready(), "it is not drained");
}

#[test]
fn nobody_changes_anything_where_no_token_is_configured() {
    let admin = admin(AdminAccess::Closed);
    for route in ROUTES.iter().filter(changes) {
        let (status, _) = send(&admin, route.method.as_str(), route.path);
        assert_eq!(status, 403, "{route:?}");
    }
}

#[test]
fn a_tenant_that_is_not_there_is_none_for_every_route() {
    let admin = admin(secret());
    for route in ROUTES.iter().filter(|route| route.path.contains("{t}")) {
        for name in ["nobody", "..", "%2e%2e", "News"] {
            let path = route.path.replace("{t}", name);
            let (status, body) = send(&admin, route.method.as_str(), &path);
            assert_eq!(status, 404, "{route:?} {body}");
            assert!(body.contains("no tenant of that name"), "{body}");
        }
    }
}

#[test]
fn tenants_are_told_of() {
    let admin = admin(secret());
    let all = get(&admin, "/v1/tenants");
    assert_eq!(all[0]["name"], "default");
    assert_eq!(all[1]["hosts"], json!(["news.example"]));
    assert_eq!(all[1]["policy"]["source"], "native");
    assert_eq!(all[1]["policy"]["digest"], Value::Null);
    let one = get(&admin, "/v1/tenants/news");
    assert_eq!(one["log"], json!({ "first": 1, "offset": 1, "bytes": 0 }));
    assert_eq!(one["filter"], Value::Null);
    assert_eq!(one["previous-policy"], Value::Null);
    assert_eq!(one["limits"]["component-bytes"], 32 << 20);
    assert_eq!(one["history"], json!([]));
    assert_eq!(get(&admin, "/v1/status")["policy"]["source"], "native");
    let subscribers = get(&admin, "/v1/tenants/news/subscribers");
    assert_eq!(subscribers, json!({ "subscribers": [], "complete": true }));
}

#[test]
fn what_is_not_there_is_not_taken_back() {
    let admin = admin(secret());
    for (method, path, status, what) in [
        (
            "DELETE",
            "/v1/tenants/{t}/policy",
            404,
            "nothing was deployed",
        ),
        (
            "DELETE",
            "/v1/tenants/{t}/filter",
            404,
            "nothing was deployed",
        ),
        (
            "POST",
            "/v1/tenants/{t}/policy/rollback",
            409,
            "nothing to go back to",
        ),
        (
            "POST",
            "/v1/tenants/{t}/filter/rollback",
            409,
            "nothing to go back to",
        ),
        ("GET", "/v1/tenants/{t}/shadow", 404, "no candidate"),
        ("DELETE", "/v1/tenants/{t}/shadow", 404, "no candidate"),
        (
            "DELETE",
            "/v1/tenants/{t}/subscribers/{id}",
            404,
            "no subscriber",
        ),
        (
            "PATCH",
            "/v1/tenants/{t}/policy",
            405,
            "this path takes PUT, DELETE",
        ),
        ("GET", "/v1/tenants/{t}/traces", 404, "openapi.json"),
        ("GET", "/v1/tenants/{t}/trace", 409, "nobody is connected"),
    ] {
        let (found, body) = send(&admin, method, path);
        assert_eq!(found, status, "{method} {path}: {body}");
        assert!(body.contains(what), "{method} {path}: {body}");
    }
}

#[test]
fn a_query_that_is_not_understood_is_refused_before_anything_is_done() {
    let admin = admin(secret());
    for (method, path) in [
        ("PUT", "/v1/tenants/{t}/policy?allow-refusals=perhaps"),
        ("POST", "/v1/tenants/{t}/policy/rollback?allow-refusals="),
        ("PUT", "/v1/tenants/{t}/policy?origin="),
        ("PUT", "/v1/tenants/{t}/filter?origin=a%1B%5B2J"),
        ("PUT", "/v1/tenants/{t}/shadow?sample=0"),
        ("PUT", "/v1/tenants/{t}/shadow?sample=many"),
        ("GET", "/v1/tenants/{t}/trace?seconds=1m"),
        ("GET", "/v1/tenants/{t}/trace?whole=yes"),
        ("POST", "/v1/drain?over=soon"),
        ("POST", "/v1/drain?over=2h"),
    ] {
        let (status, body) = send(&admin, method, path);
        assert_eq!(status, 400, "{path}: {body}");
    }
    assert!(admin.health.is_ready());
}

/// What an upload of `body` is answered.
fn upload(admin: &Arc<Admin>, content_type: &str, body: &[u8]) -> (u16, String) {
    let request = request("PUT", "/v1/tenants/news/policy")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", content_type);
    let (head, body) = ask(admin, request.body(body.to_vec()).unwrap());
    (head.status().as_u16(), body)
}

#[test]
fn an_upload_that_is_no_component_says_what_to_send() {
    let admin = admin(secret());
    let form = "multipart/form-data; boundary=b";
    let part = |name: &str, text: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")
    };
    let end = "--b--\r\n";
    let alone = part("config", "x") + end;
    let unknown = part("name", "x") + end;
    let mut no_text = (part("component", "x") + &part("config", "y") + end).into_bytes();
    let at = no_text.iter().position(|byte| *byte == b'y').unwrap();
    no_text[at] = 0xff;
    let twice = part("component", "x") + &part("component", "y") + end;
    let rows: [(&str, &[u8], u16, &str); 10] = [
        ("", b"x", 415, "application/wasm"),
        ("text/plain", b"x", 415, "application/wasm"),
        ("application/wasm", b"", 422, "the file is empty"),
        (
            "Application/Octet-Stream",
            b"(component)",
            422,
            "WebAssembly text",
        ),
        ("multipart/form-data", b"x", 400, "boundary"),
        (form, b"x", 400, "form"),
        (form, alone.as_bytes(), 400, "no part `component`"),
        (form, unknown.as_bytes(), 400, "`component` and `config`"),
        (form, &no_text, 400, "not UTF-8"),
        (form, twice.as_bytes(), 400, "twice"),
    ];
    for (content_type, body, status, what) in rows {
        let (found, text) = upload(&admin, content_type, body);
        assert_eq!(found, status, "{content_type}: {text}");
        assert!(text.contains(what), "{content_type}: {text}");
    }
}

#[test]
fn the_eleventh_upload_of_a_minute_has_to_wait() {
    let admin = admin(secret());
    for _ in 0..10 {
        assert_eq!(upload(&admin, "application/wasm", b"").0, 422);
    }
    let request = request("PUT", "/v1/tenants/news/policy")
        .header("authorization", format!("Bearer {TOKEN}"))
        .header("content-type", "application/wasm");
    let (head, body) = ask(&admin, request.body(Vec::new()).unwrap());
    assert_eq!(head.status(), 429, "{body}");
    let wait: u32 = head.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&wait));
}

#[test]
fn a_drained_hub_says_that_it_is_not_ready_and_is_drained_once() {
    let admin = admin(secret());
    let (status, body) = send(&admin, "POST", "/v1/drain?over=0s");
    assert_eq!((status, &*body), (200, "{\"subscribers\":0,\"over-ms\":0}"));
    assert_eq!(send(&admin, "GET", "/readyz").0, 503);
    assert_eq!(send(&admin, "POST", "/v1/drain").0, 409);
}

fn headers(rows: &[(&'static str, &'static str)]) -> HeaderMap {
    let row = |&(name, value)| {
        (
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    rows.iter().map(row).collect()
}

#[test]
fn other_web_pages_are_kept_out() {
    let page = Err(AccessError::OtherPage);
    let host = Err(AccessError::OtherHost);
    type Row = (
        &'static [(&'static str, &'static str)],
        Result<(), AccessError>,
    );
    let rows: &[Row] = &[
        (&[("host", "127.0.0.1:3001")], Ok(())),
        (&[("host", "localhost:3001")], Ok(())),
        (&[("host", "[::1]:3001")], Ok(())),
        (&[("host", "::1")], host),
        (&[("host", "10.0.0.7")], Ok(())),
        (&[("host", "evil.example:3001")], host),
        (&[("host", "127.0.0.1.evil.example")], host),
        (&[("host", "localhost.evil.example")], host),
        (
            &[
                ("host", "127.0.0.1:3001"),
                ("origin", "http://127.0.0.1:3001"),
            ],
            Ok(()),
        ),
        (
            &[
                ("host", "127.0.0.1:3001"),
                ("origin", "http://127.0.0.1:3000"),
            ],
            page,
        ),
        (
            &[
                ("host", "127.0.0.1:3001"),
                ("origin", "https://evil.example"),
            ],
            page,
        ),
        (&[("host", "127.0.0.1:3001"), ("origin", "null")], page),
        (
            &[("host", "127.0.0.1:3001"), ("sec-fetch-site", "cross-site")],
            page,
        ),
        (
            &[("host", "127.0.0.1:3001"), ("sec-fetch-site", "same-site")],
            page,
        ),
        (
            &[("host", "127.0.0.1:3001"), ("sec-fetch-site", "none")],
            Ok(()),
        ),
        (&[], Ok(())),
    ];
    for (given, expected) in rows {
        let map: HeaderMap = given
            .iter()
            .map(|(n, v)| {
                (
                    n.parse::<HeaderName>().unwrap(),
                    v.parse::<HeaderValue>().unwrap(),
                )
            })
            .collect();
        assert_eq!(check_page(&map), *expected, "{given:?}");
    }
}

#[test]
fn the_token_is_asked_for_unless_everything_is_open() {
    let secret = AdminAccess::Token(AdminToken::from("0123456789abcdef"));
    let good = headers(&[("authorization", "Bearer 0123456789abcdef")]);
    let wrong = headers(&[("authorization", "Bearer 0123456789abcdeg")]);
    let none = headers(&[]);
    assert_eq!(check_token(&AdminAccess::Open, &none), Ok(()));
    assert_eq!(
        check_token(&AdminAccess::Closed, &good),
        Err(AccessError::Closed)
    );
    assert_eq!(check_token(&secret, &good), Ok(()));
    assert_eq!(check_token(&secret, &wrong), Err(AccessError::TokenWrong));
    assert_eq!(check_token(&secret, &none), Err(AccessError::TokenMissing));
}
