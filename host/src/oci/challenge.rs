//! What a registry asks of somebody whom it does not know.

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// What a registry asks for (RFC 9110, section 11.6.1).
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Challenge {
    /// A user and a password.
    Basic,
    /// A token, which somebody else gives out (OCI distribution, "token authentication").
    Bearer {
        /// Where it is given out.
        realm: String,
        /// For whom.
        service: Option<String>,
    },
}

impl Challenge {
    /// The first one among `headers` that can be met.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(WWW_AUTHENTICATE).iter();
        values
            .filter_map(|value| Self::parse(value.to_str().ok()?))
            .next()
    }

    fn parse(value: &str) -> Option<Self> {
        let (scheme, rest) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let parameters = parameters(rest);
        let named = |name: &str| {
            let found = parameters
                .iter()
                .find(|(n, _)| n.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone())
        };
        Some(Self::Bearer {
            realm: named("realm")?,
            service: named("service"),
        })
    }
}

/// `name="value"` or `name=value`, with commas between them; what is malformed ends the list.
fn parameters(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((name, behind)) = rest.split_once('=') {
        let name = name.trim_matches([' ', ',']).to_owned();
        let (value, behind) = match behind.strip_prefix('"') {
            Some(quoted) => match quoted.split_once('"') {
                Some(split) => split,
                None => break,
            },
            None => behind.split_once(',').unwrap_or((behind, "")),
        };
        found.push((name, value.trim().to_owned()));
        rest = behind;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::Challenge;

    fn bearer(realm: &str, service: Option<&str>) -> Challenge {
        Challenge::Bearer {
            realm: realm.to_owned(),
            service: service.map(str::to_owned),
        }
    }

    #[test]
    fn a_challenge_is_read_as_registries_write_it() {
        let full =
            r#"Bearer realm="https://a.example/token",service="r.example",scope="x:y:pull,push""#;
        for (value, expected) in [
            ("Basic realm=\"r\"", Some(Challenge::Basic)),
            ("basic", Some(Challenge::Basic)),
            (
                full,
                Some(bearer("https://a.example/token", Some("r.example"))),
            ),
            ("bearer realm=a, service=b", Some(bearer("a", Some("b")))),
            ("Bearer service=\"b\"", None),
            ("Bearer realm=\"b", None),
            ("Negotiate abc", None),
            ("", None),
        ] {
            assert_eq!(Challenge::parse(value), expected, "{value}");
        }
    }
}
