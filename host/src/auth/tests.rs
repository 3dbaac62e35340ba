//! Tokens good and bad. The keys are those of `tests/data/keys`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use jsonwebtoken::{EncodingKey, crypto};
use serde_json::{Value, json};

use super::{
    Algorithm, Grant, Issuer, Keyring, PresentationError, Role, Roles, Signer, TokenError,
    bearer_token,
};

const NOW_S: u64 = 1_800_000_000;
const SECRET: &[u8] = include_bytes!("../../../tests/data/keys/hs256.secret");
const RSA: &[u8] = include_bytes!("../../../tests/data/keys/rsa.private.pem");
const RSA_PUBLIC: &[u8] = include_bytes!("../../../tests/data/keys/rsa.public.pem");
const EC: &[u8] = include_bytes!("../../../tests/data/keys/ec.private.pem");
const EC_OTHER: &[u8] = include_bytes!("../../../tests/data/keys/ec-other.private.pem");
const EC_PUBLIC: &[u8] = include_bytes!("../../../tests/data/keys/ec.public.pem");
const ED: &[u8] = include_bytes!("../../../tests/data/keys/ed25519.private.pem");
const ED_PUBLIC: &[u8] = include_bytes!("../../../tests/data/keys/ed25519.public.pem");

fn issuer(id: &str, algorithm: Algorithm, key: &[u8]) -> Issuer {
    Issuer::new(id, algorithm, key, Roles::ALL).unwrap()
}

/// All four kinds of key, one issuer each.
fn keyring() -> Keyring {
    let issuers = [
        issuer("hs", Algorithm::Hs256, SECRET),
        issuer("rs", Algorithm::Rs256, RSA_PUBLIC),
        issuer("es", Algorithm::Es256, EC_PUBLIC),
        issuer("ed", Algorithm::EdDsa, ED_PUBLIC),
    ];
    Keyring::new(&issuers, 100)
}

fn all() -> Value {
    json!({ "mercure": { "publish": ["*"], "subscribe": ["*"] } })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = all();
    claims[name] = value;
    claims
}

/// A token signed with the secret.
fn token(claims: &Value) -> String {
    Signer::from_secret(SECRET).sign(claims).unwrap()
}

/// A token signed with the secret, whatever its header and payload say.
fn raw(header: &str, payload: &[u8]) -> String {
    let message = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload)
    );
    let key = EncodingKey::from_secret(SECRET);
    let signature = crypto::sign(message.as_bytes(), &key, jsonwebtoken::Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

fn verify(token: &str) -> Result<Grant, TokenError> {
    keyring().verify(token, Role::Publish, NOW_S)
}

fn patterns(grant: &Grant) -> Vec<&str> {
    grant
        .selectors
        .iter()
        .map(umbel_selector::Selector::pattern)
        .collect()
}

#[test]
fn a_token_of_each_algorithm_is_read_back() {
    let signers = [
        Signer::from_secret(SECRET),
        Signer::from_pem(RSA).unwrap(),
        Signer::from_pem(EC).unwrap(),
        Signer::from_pem(ED).unwrap(),
    ];
    let claims = json!({
        "mercure": {
            "publish": ["https://example.com/{id}"],
            "subscribe": ["a", "b"],
            "payload": { "name": "Ada", "big": 12_345_678_901_234_567_890_u64 },
        },
        "exp": NOW_S + 60,
        "nbf": NOW_S,
    });
    for (signer, algorithm) in signers.iter().zip(Algorithm::ALL) {
        assert_eq!(signer.algorithm(), algorithm);
        let token = signer.sign(&claims).unwrap();
        let publish = keyring().verify(&token, Role::Publish, NOW_S).unwrap();
        assert_eq!(patterns(&publish), ["https://example.com/{id}"]);
        assert_eq!(publish.expires_ms, Some((NOW_S + 60) * 1000));
        assert_eq!(
            serde_json::from_str::<Value>(&publish.claims).unwrap(),
            claims
        );
        let subscribe = keyring().verify(&token, Role::Subscribe, NOW_S).unwrap();
        assert_eq!(patterns(&subscribe), ["a", "b"]);
    }
}

#[test]
fn claims_are_handed_on_as_they_were_signed() {
    let payload = r#"{ "mercure":{"publish":["*"]}, "n": 1.50, "z": 1, "a": 2 }"#;
    let grant = verify(&raw(r#"{"alg":"HS256"}"#, payload.as_bytes())).unwrap();
    assert_eq!(&*grant.claims, payload);
}

#[test]
fn the_claim_may_have_its_long_name() {
    let claims = json!({ "https://mercure.rocks/": { "publish": ["x"] } });
    assert_eq!(patterns(&verify(&token(&claims)).unwrap()), ["x"]);
    let both = json!({
        "https://mercure.rocks/": { "publish": ["x"] },
        "mercure": { "publish": ["*"] },
    });
    assert_eq!(patterns(&verify(&token(&both)).unwrap()), ["x"]);
}

#[test]
fn what_is_not_granted_is_not_allowed() {
    for claims in [
        json!({}),
        json!({ "mercure": {} }),
        json!({ "mercure": null }),
        json!({ "mercure": { "publish": null } }),
        json!({ "mercure": { "publish": [] } }),
        json!({ "mercure": { "subscribe": ["*"] } }),
    ] {
        let grant = verify(&token(&claims)).unwrap();
        assert!(grant.selectors.is_empty(), "{claims}");
    }
}

#[test]
fn times_are_enforced() {
    type Expected = fn(&Result<Grant, TokenError>) -> bool;
    let good: Expected = |r| r.is_ok();
    let expired: Expected = |r| matches!(r, Err(TokenError::Expired { .. }));
    let early: Expected = |r| matches!(r, Err(TokenError::TooEarly { .. }));
    let malformed: Expected = |r| matches!(r, Err(TokenError::Malformed(_)));
    let cases: [(&str, Value, Expected); 12] = [
        ("exp", json!(NOW_S + 1), good),
        ("exp", json!(NOW_S), expired),
        ("exp", json!(NOW_S - 1), expired),
        ("exp", json!(0.5), expired),
        ("exp", json!(-5), expired),
        ("exp", json!(1e300), good),
        ("exp", json!(u64::MAX), good),
        ("exp", json!((NOW_S + 60).to_string()), malformed),
        ("nbf", json!(NOW_S), good),
        ("nbf", json!(NOW_S + 5), good),
        ("nbf", json!(NOW_S + 6), early),
        ("nbf", json!("soon"), malformed),
    ];
    for (name, value, expected) in cases {
        let result = verify(&token(&with(name, value.clone())));
        assert!(expected(&result), "{name} = {value}: {result:?}");
    }
}

/// Tokens that look right and are not.
fn forged() -> Vec<(&'static str, String)> {
    let payload = all().to_string();
    let good = token(&all());
    let part = |n: usize| good.split('.').nth(n).unwrap().to_owned();
    let unsigned = |header: &str| {
        format!(
            "{}.{}.",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(&payload)
        )
    };
    let other_payload = URL_SAFE_NO_PAD.encode(r#"{"mercure":{"publish":["everything"]}}"#);
    let header = |extra: &str| format!(r#"{{"alg":"HS256"{extra}}}"#);
    vec![
        ("no algorithm", unsigned(r#"{"alg":"none"}"#)),
        (
            "no algorithm, spelled otherwise",
            unsigned(r#"{"alg":"nOnE"}"#),
        ),
        ("no alg at all", unsigned("{}")),
        ("no signature", unsigned(r#"{"alg":"HS256"}"#)),
        (
            "HS256 with the RSA public key as secret",
            Signer::from_secret(RSA_PUBLIC).sign(&all()).unwrap(),
        ),
        (
            "HS256 with the trimmed RSA public key as secret",
            Signer::from_secret(RSA_PUBLIC.trim_ascii())
                .sign(&all())
                .unwrap(),
        ),
        (
            "another secret",
            Signer::from_secret(&[7; 32]).sign(&all()).unwrap(),
        ),
        (
            "another key of the same curve",
            Signer::from_pem(EC_OTHER).unwrap().sign(&all()).unwrap(),
        ),
        (
            "HS384",
            jsonwebtoken::encode(
                &jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS384),
                &all(),
                &EncodingKey::from_secret(SECRET),
            )
            .unwrap(),
        ),
        (
            "a header that says RS256 over an HS256 signature",
            raw(r#"{"alg":"RS256"}"#, payload.as_bytes()),
        ),
        (
            "another payload",
            format!("{}.{other_payload}.{}", part(0), part(2)),
        ),
        ("a signature cut off", good[..good.len() - 4].to_owned()),
        (
            "a critical parameter",
            raw(&header(r#","crit":["exp"]"#), payload.as_bytes()),
        ),
    ]
}

/// Tokens that are none, and signed ones that say nothing sensible.
fn malformed() -> Vec<(&'static str, String)> {
    let payload = all().to_string();
    let good = token(&all());
    let part = |n: usize| good.split('.').nth(n).unwrap().to_owned();
    let header = r#"{"alg":"HS256"}"#;
    vec![
        ("two parts", format!("{}.{}", part(0), part(1))),
        ("four parts", format!("{good}.x")),
        ("nothing", String::new()),
        ("only dots", "..".to_owned()),
        (
            "not base64",
            format!("{}.{}!.{}", part(0), part(1), part(2)),
        ),
        (
            "a header that is not JSON",
            raw("alg=HS256", payload.as_bytes()),
        ),
        ("a payload that is not JSON", raw(header, b"mercure=*")),
        (
            "a payload that is not UTF-8",
            raw(header, b"{\"a\":\"\xff\"}"),
        ),
        ("a payload that is a list", raw(header, b"[]")),
        (
            "a list of grants that is a text",
            token(&json!({ "mercure": { "publish": "*" } })),
        ),
        (
            "a grant that is a number",
            token(&json!({ "mercure": { "publish": [1] } })),
        ),
        (
            "a claim that is a list",
            token(&json!({ "mercure": ["*"] })),
        ),
        (
            "a selector that is empty",
            token(&json!({ "mercure": { "publish": [""] } })),
        ),
        (
            "a selector with a line end",
            token(&json!({ "mercure": { "publish": ["a\nb"] } })),
        ),
        (
            "a selector past the limit",
            token(&json!({ "mercure": { "publish": ["a".repeat(101)] } })),
        ),
        (
            "too many selectors",
            token(&json!({ "mercure": { "publish": vec!["a"; 1_001] } })),
        ),
        (
            "too many variables in all",
            token(&json!({ "mercure": { "publish": vec!["{a}{b}{c}"; 171] } })),
        ),
        (
            "too large",
            token(&with("filling", json!("x".repeat(8 << 10)))),
        ),
    ]
}

#[test]
fn what_is_wrong_with_a_token_makes_it_worthless_and_the_client_is_not_told_what() {
    assert!(verify(&token(&all())).is_ok());
    for (what, token) in forged().into_iter().chain(malformed()) {
        assert!(verify(&token).is_err(), "{what}");
    }
    assert_eq!(TokenError::CLIENT_TEXT, "invalid token");
}

#[test]
fn a_token_with_any_letter_changed_is_worthless() {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=";
    let good = token(&all());
    for at in 0..good.len() {
        for letter in LETTERS
            .iter()
            .filter(|letter| **letter != good.as_bytes()[at])
        {
            let mut changed = good.clone().into_bytes();
            changed[at] = *letter;
            let changed = String::from_utf8(changed).unwrap();
            assert!(verify(&changed).is_err(), "{changed}");
        }
    }
}

#[test]
fn a_token_cannot_bring_its_own_key() {
    let payload = all().to_string();
    let header = |extra: &str| format!(r#"{{"alg":"HS256",{extra}}}"#);
    for extra in [
        r#""kid":"../../dev/null""#,
        r#""jku":"https://evil.example/keys""#,
        r#""x5u":"https://evil.example/cert""#,
        r#""jwk":{"kty":"oct","k":"AAAA","alg":"HS256"}"#,
    ] {
        let trusted = verify(&raw(&header(extra), payload.as_bytes()));
        assert!(
            trusted.is_ok(),
            "{extra}: checked with the configured key: {trusted:?}"
        );
    }
    // Signed with the key that it brings along, which is none of the configured ones.
    let brought = [7; 32];
    let mut header = jsonwebtoken::Header::new(jsonwebtoken::Algorithm::HS256);
    header.kid = Some("hs".to_owned());
    let token = jsonwebtoken::encode(&header, &all(), &EncodingKey::from_secret(&brought)).unwrap();
    assert_eq!(verify(&token), Err(TokenError::Signature));
}

#[test]
fn an_issuer_that_is_named_is_the_only_one_that_counts() {
    let by = |id: &str| token(&with("iss", json!(id)));
    assert!(verify(&by("hs")).is_ok());
    assert!(
        verify(&by("https://somewhere.example")).is_ok(),
        "unknown: the algorithm decides"
    );
    let error = verify(&by("rs")).unwrap_err();
    assert_eq!(
        error,
        TokenError::NoKey {
            role: "publish",
            algorithm: "HS256"
        }
    );
}

#[test]
fn two_keys_of_one_issuer_both_count() {
    let issuers = [
        issuer("me", Algorithm::Hs256, SECRET),
        issuer("me", Algorithm::Hs256, &[7; 32]),
    ];
    let keyring = Keyring::new(&issuers, 100);
    for secret in [SECRET, &[7; 32]] {
        let token = Signer::from_secret(secret)
            .sign(&with("iss", json!("me")))
            .unwrap();
        assert!(keyring.verify(&token, Role::Subscribe, NOW_S).is_ok());
    }
}

#[test]
fn an_issuer_counts_for_its_roles_alone() {
    let roles = Roles::NONE.with(Role::Subscribe);
    let issuer = Issuer::new("me", Algorithm::Hs256, SECRET, roles).unwrap();
    let keyring = Keyring::new(&[issuer], 100);
    assert!(
        keyring
            .verify(&token(&all()), Role::Subscribe, NOW_S)
            .is_ok()
    );
    assert_eq!(
        keyring.verify(&token(&all()), Role::Publish, NOW_S),
        Err(TokenError::NoKey {
            role: "publish",
            algorithm: "HS256"
        })
    );
}

#[test]
fn a_public_key_signs_nothing() {
    for pem in [RSA_PUBLIC, EC_PUBLIC, ED_PUBLIC, SECRET, b""] {
        assert!(Signer::from_pem(pem).is_err());
    }
}

#[test]
fn secrets_do_not_show_in_logs() {
    let shown = format!("{:?}", keyring());
    assert!(shown.contains("Issuer(hs, HS256)"), "{shown}");
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn a_token_is_presented_as_a_bearer_token_once() {
    let headers = |values: &[&str]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        headers
    };
    for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER  a.b.c "] {
        assert_eq!(bearer_token(&headers(&[value])), Ok("a.b.c"), "{value}");
    }
    assert_eq!(bearer_token(&headers(&[])), Err(PresentationError::Missing));
    assert_eq!(PresentationError::Missing.status(), 401);
    for values in [
        &["Bearer"][..],
        &["Bearer "],
        &["a.b.c"],
        &["Basic a.b.c"],
        &["Bearer a b"],
        &["Bearer a,Bearer b"],
        &["Bearer a", "Bearer a"],
        &[""],
    ] {
        assert_eq!(
            bearer_token(&headers(values)),
            Err(PresentationError::Malformed),
            "{values:?}"
        );
    }
    assert_eq!(PresentationError::Malformed.status(), 400);
}
