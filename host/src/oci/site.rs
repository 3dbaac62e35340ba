//! Where a server is, and whether what is said to it can be read on the way.

use std::net::IpAddr;

use anyhow::{Context, bail, ensure};
use http::Uri;
use http::uri::Authority;

/// Docker's registry has one name for people and another one for programs.
const DOCKER: (&str, &str) = ("docker.io", "registry-1.docker.io");

const HTTP_PORT: u16 = 80;
const HTTPS_PORT: u16 = 443;

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Site {
    /// Name or address, an IPv6 address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// Whether it speaks TLS. What does not is on this machine.
    pub(super) secure: bool,
    /// What goes into the `Host` header.
    pub(super) authority: String,
}

impl Site {
    /// Where a registry is: over TLS, but for one on this machine, as with other tools.
    pub(super) fn of_registry(registry: &Authority) -> Self {
        if registry.as_str() == DOCKER.0 {
            return Self {
                host: DOCKER.1.to_owned(),
                port: HTTPS_PORT,
                secure: true,
                authority: DOCKER.1.to_owned(),
            };
        }
        Self::new(registry, !is_loopback(host(registry)))
    }

    /// Where `target` leads, which a server here has named, and what is asked for there: a path, or the
    /// whole of a URL.
    ///
    /// # Errors
    /// Where nobody may be led there.
    pub(super) fn lead(&self, target: &str) -> anyhow::Result<(Self, String)> {
        let uri: Uri = target
            .parse()
            .context("the registry leads to what is no URL")?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let Some(authority) = uri.authority() else {
            ensure!(
                path.starts_with('/'),
                "the registry leads to what is no URL"
            );
            return Ok((self.clone(), path.to_owned()));
        };
        ensure!(
            !authority.as_str().contains('@'),
            "the registry leads to a URL with a user in it"
        );
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if !self.secure && is_loopback(host(authority)) => false,
            _ => bail!(
                "the registry leads to {} without TLS, where anybody on the way could read along",
                authority.host()
            ),
        };
        Ok((Self::new(authority, secure), path.to_owned()))
    }

    fn new(authority: &Authority, secure: bool) -> Self {
        let port = if secure { HTTPS_PORT } else { HTTP_PORT };
        Self {
            host: host(authority).to_owned(),
            port: authority.port_u16().unwrap_or(port),
            secure,
            authority: authority.as_str().to_owned(),
        }
    }
}

fn host(authority: &Authority) -> &str {
    authority.host().trim_matches(['[', ']'])
}

fn is_loopback(host: &str) -> bool {
    let address: Result<IpAddr, _> = host.parse();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::Site;

    fn site(registry: &str) -> Site {
        Site::of_registry(&registry.parse().unwrap())
    }

    #[test]
    fn a_registry_speaks_tls_unless_it_is_on_this_machine() {
        for (registry, host, port, secure) in [
            ("r.example", "r.example", 443, true),
            ("r.example:5000", "r.example", 5000, true),
            ("10.0.0.1:5000", "10.0.0.1", 5000, true),
            ("localhost.example", "localhost.example", 443, true),
            ("docker.io", "registry-1.docker.io", 443, true),
            ("localhost:5000", "localhost", 5000, false),
            ("127.0.0.2", "127.0.0.2", 80, false),
            ("[::1]:5000", "::1", 5000, false),
        ] {
            let found = site(registry);
            assert_eq!(
                (&*found.host, found.port, found.secure),
                (host, port, secure)
            );
        }
    }

    #[test]
    fn nobody_is_led_from_tls_to_where_others_can_read_along() {
        let (far, near) = (site("r.example"), site("127.0.0.1:5000"));
        for target in [
            "http://r.example/a",
            "http://127.0.0.1/a",
            "ftp://r.example/a",
            "a b",
        ] {
            assert!(far.lead(target).is_err(), "{target}");
        }
        for target in ["http://r.example/a", "https://me@r.example/a", ""] {
            assert!(near.lead(target).is_err(), "{target}");
        }
        for (from, target, to) in [
            (&far, "https://cdn.example/a?b=c", &site("cdn.example")),
            (&far, "/a?b=c", &far),
            (&near, "/a?b=c", &near),
            (&near, "http://localhost:80/a?b=c", &site("localhost:80")),
            (&near, "https://cdn.example/a?b=c", &site("cdn.example")),
        ] {
            assert_eq!(
                from.lead(target).unwrap(),
                (to.clone(), "/a?b=c".to_owned())
            );
        }
    }
}
