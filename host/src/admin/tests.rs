//! Who gets what from the operator's listener.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::access::{AccessError, check_page, check_token};
use crate::config::{AdminAccess, AdminToken};

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
