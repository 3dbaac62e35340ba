//! Registries that no one has to trust: whatever they send, what decides stays as it is.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::deploying::silent;
use crate::rig::{Impostor, Operator, Said, Server, run, umbel};

const TENANT: &str = "/v1/tenants/default";
const POLICY: &str = "/v1/tenants/default/policy";
const MANIFEST: &str = "/v2/a/manifests/1";
const WASM: &str = "application/wasm";

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let hex = Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect::<String>();
    format!("sha256:{hex}")
}

fn manifest(layers: &Value) -> Vec<u8> {
    json!({ "schemaVersion": 2, "config": {}, "layers": layers })
        .to_string()
        .into_bytes()
}

fn layer(media_type: &str, bytes: &[u8], size: usize) -> Value {
    json!({ "mediaType": media_type, "digest": sha256(bytes), "size": size })
}

fn blob(bytes: &[u8]) -> String {
    format!("/v2/a/blobs/{}", sha256(bytes))
}

fn deploy(server: &Server, reference: &str, known: bool) -> Said {
    let mut command = umbel();
    command.args([
        "policy",
        "deploy",
        "--admin",
        &format!("http://{}", server.admin),
        reference,
    ]);
    command.env("DOCKER_CONFIG", "/nonexistent");
    if known {
        command
            .env("UMBEL_OCI_USER", "me")
            .env("UMBEL_OCI_PASSWORD", "secret");
    }
    Said::by(&command.output().expect("it runs"))
}

/// A hub with a policy of its own, and what that is.
async fn hub() -> (Server, Value) {
    let server = Server::start("");
    let operator = Operator::of(&server);
    let deployed = operator.put_with(POLICY, &silent(), "mine").await.json();
    (server, deployed["digest"].clone())
}

/// The command fails and says `part`; what decides is what was there before.
async fn refused(server: &Server, live: &Value, reference: &str, part: &str) {
    let text = deploy(server, reference, false).failed();
    assert!(text.contains(part), "not {part:?}: {text}");
    assert!(
        text.lines().count() <= 3 && !text.contains('\u{1b}'),
        "{text:?}"
    );
    let tenant = Operator::of(server).get(TENANT).await;
    assert_eq!(&tenant["policy"]["digest"], live);
    assert_eq!(
        tenant["history"].as_array().map(Vec::len),
        Some(1),
        "{part}"
    );
}

#[test]
fn an_artifact_that_is_no_component_is_refused_and_the_live_one_is_untouched() {
    run(async {
        let (server, live) = hub().await;
        let registry = Impostor::start();
        let reference = format!("oci://{}/a:1", registry.address);
        let component = silent();
        let good = layer(WASM, &component, component.len());
        let text = layer("text/\u{1b}[2Jplain", b"text", 4);
        let large = layer(WASM, &component, (32 << 20) + 1);
        for (answer, part) in [
            (manifest(&json!([good, good])), "has 2 layers"),
            (manifest(&json!([])), "has 0 layers"),
            (manifest(&json!([text])), "and no component"),
            (manifest(&json!([large])), "33554432 are allowed"),
            (b"<html>".to_vec(), "manifest cannot be read"),
            (vec![b' '; (4 << 20) + 1], "more than 4194304 bytes"),
        ] {
            registry.say(MANIFEST, 200, "", &answer);
            refused(&server, &live, &reference, part).await;
        }
        registry.say(
            MANIFEST,
            200,
            "",
            &manifest(&json!([layer(WASM, b"core", 4)])),
        );
        registry.say(&blob(b"core"), 200, "", b"core");
        refused(&server, &live, &reference, "component").await;
    });
}

#[test]
fn what_does_not_have_its_digest_is_refused_and_the_live_one_is_untouched() {
    run(async {
        let (server, live) = hub().await;
        let registry = Impostor::start();
        let reference = format!("oci://{}/a:1", registry.address);
        let component = silent();
        let good = manifest(&json!([layer(WASM, &component, component.len())]));
        registry.say(MANIFEST, 200, "", &good);
        refused(&server, &live, &reference, "404").await;
        let path = blob(&component);
        let mut other = component.clone();
        *other.last_mut().expect("bytes") ^= 1;
        for (body, part) in [
            (&other[..], "not the one that its manifest names"),
            (&other[1..], "not the one that its manifest names"),
            (&[&other[..], b"x"].concat(), "sends more than"),
        ] {
            registry.say(&path, 200, "", body);
            refused(&server, &live, &reference, part).await;
        }
        let head = format!(
            "HTTP/1.1 200 Said\r\nContent-Length: {}\r\n\r\n",
            component.len()
        );
        registry.say_raw(&path, [head.as_bytes(), &component[..100]].concat());
        refused(&server, &live, &reference, "broke off after 100 bytes").await;
        let digest = sha256(b"another");
        registry.say(&format!("/v2/a/manifests/{digest}"), 200, "", &good);
        let pinned = format!("oci://{}/a@{digest}", registry.address);
        refused(&server, &live, &pinned, "it is at fault").await;
        registry.say(&path, 200, "", &component);
        let digest = sha256(&good);
        registry.say(&format!("/v2/a/manifests/{digest}"), 200, "", &good);
        let pinned = format!("oci://{}/a@{digest}", registry.address);
        deploy(&server, &pinned, false).good();
    });
}

#[test]
fn an_answer_that_is_none_says_so_and_the_live_one_is_untouched() {
    run(async {
        let (server, live) = hub().await;
        let registry = Impostor::start();
        let address = registry.address;
        let reference = format!("oci://{address}/a:1");
        let error = br#"{"errors":[{"code":"DENIED","message":"not \u001b[2Jyou"}]}"#;
        for (status, lines, body, part) in [
            (404, String::new(), &b""[..], "no such component"),
            (403, String::new(), error, "not [2Jyou"),
            (429, String::new(), b"", "try again later"),
            (500, String::new(), b"<html>", "the registry is at fault"),
            (307, String::new(), b"", "does not say where"),
            (
                307,
                format!("Location: {MANIFEST}\r\n"),
                b"",
                "more than 5 times",
            ),
            (
                307,
                "Location: http://r.example/\r\n".to_owned(),
                b"",
                "without TLS",
            ),
            (
                307,
                "Location: ftp://r.example/\r\n".to_owned(),
                b"",
                "without TLS",
            ),
            (401, String::new(), b"", "does not say how"),
            (
                401,
                "WWW-Authenticate: Basic\r\n".to_owned(),
                b"",
                "UMBEL_OCI_USER",
            ),
            (
                401,
                "WWW-Authenticate: Bearer realm=\"http://r.example/\"\r\n".to_owned(),
                b"",
                "without TLS",
            ),
            (
                401,
                format!("WWW-Authenticate: Bearer realm=\"http://{address}/none\"\r\n"),
                b"",
                "no token was given out",
            ),
        ] {
            registry.say(MANIFEST, status, &lines, body);
            refused(&server, &live, &reference, part).await;
        }
        registry.say_raw(MANIFEST, "HTTP/1.1 200 Said\r\n");
        refused(&server, &live, &reference, "hung up").await;
        registry.say_raw(MANIFEST, "SSH-2.0-x\r\n");
        refused(&server, &live, &reference, "hung up").await;
        drop(registry);
        refused(&server, &live, &reference, "cannot connect").await;
    });
}

#[test]
fn a_password_goes_to_the_registry_that_asks_for_it_and_nowhere_else() {
    run(async {
        let (server, _) = hub().await;
        let (registry, elsewhere) = (Impostor::start(), Impostor::start());
        let reference = format!("oci://{}/a:1", registry.address);
        let component = silent();
        let good = manifest(&json!([layer(WASM, &component, component.len())]));
        let token = "/token?x=y&service=s&scope=repository%3Aa%3Apull";
        let realm = format!("http://{}/token?x=y", registry.address);
        let challenge = format!("WWW-Authenticate: Bearer realm=\"{realm}\",service=\"s\"\r\n");
        registry.say(MANIFEST, 401, &challenge, b"");
        registry.say(token, 200, "", br#"{"token":"a-token"}"#);
        let text = deploy(&server, &reference, true).failed();
        assert!(text.contains("401"), "{text}");
        let heads = registry.asked();
        let presented = |head: &String| {
            let line = head
                .lines()
                .find(|l| l.to_lowercase().starts_with("authorization:"));
            line.map(|line| line.split_once(": ").expect("a header").1.to_owned())
        };
        let expected = [None, Some("Basic bWU6c2VjcmV0"), Some("Bearer a-token")];
        let found: Vec<_> = heads.iter().map(presented).collect();
        assert_eq!(found, expected.map(|value| value.map(str::to_owned)));
        registry.say(MANIFEST, 200, "", &good);
        let led = format!("Location: http://{}/blob\r\n", elsewhere.address);
        registry.say(&blob(&component), 401, "WWW-Authenticate: Basic\r\n", b"");
        deploy(&server, &reference, true).failed();
        let heads = registry.asked();
        assert!(
            presented(heads.last().expect("asked")).is_some(),
            "it asked for it"
        );
        registry.say(&blob(&component), 307, &led, b"");
        registry.say(MANIFEST, 401, "WWW-Authenticate: Basic\r\n", b"");
        deploy(&server, &reference, true).failed();
        registry.say(MANIFEST, 200, "", &good);
        elsewhere.say("/blob", 200, "", &component);
        deploy(&server, &reference, true).good();
        let heads = elsewhere.asked();
        assert_eq!(
            heads.iter().map(presented).collect::<Vec<_>>(),
            [None],
            "{heads:?}"
        );
        elsewhere.say("/blob", 401, "WWW-Authenticate: Basic\r\n", b"");
        deploy(&server, &reference, true).failed();
        let heads = elsewhere.asked();
        assert_eq!(
            heads.iter().map(presented).collect::<Vec<_>>(),
            [None],
            "{heads:?}"
        );
    });
}
