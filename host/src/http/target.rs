//! Which host a request is for.

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Request, Version};

use super::RequestError;
use crate::config::HostName;

/// Which host a request is for; an extension of every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target(Result<Option<HostName>, RequestError>);

impl Target {
    /// The target of `request`. In HTTP/1 the request target goes before the Host header (RFC 9112,
    /// section 3.2.2), in HTTP/2 the two have to agree (RFC 9113, section 8.3.1).
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let (authority, version) = (request.uri().authority(), request.version());
        Self(find(authority, request.headers(), version))
    }

    /// The host; none where the client named none.
    ///
    /// # Errors
    /// Where it is not clear which one is meant.
    pub(crate) fn host(&self) -> Result<Option<&HostName>, RequestError> {
        self.0.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }
}

fn find(
    authority: Option<&Authority>,
    headers: &HeaderMap,
    version: Version,
) -> Result<Option<HostName>, RequestError> {
    let mut lines = headers.get_all(HOST).iter();
    let (header, more) = (lines.next(), lines.next());
    if more.is_some() {
        return Err(RequestError::HostTwice);
    }
    // RFC 9112, section 3.2: needed also where the request target has the host.
    if header.is_none() && version == Version::HTTP_11 {
        return Err(RequestError::HostMissing);
    }
    let named = |authority: &Authority| host(authority.as_str());
    match (authority, header) {
        (Some(authority), Some(header)) if version >= Version::HTTP_2 => {
            match (named(authority)?, of_header(header)?) {
                (named, also) if named == also => Ok(named),
                _ => Err(RequestError::HostTwice),
            }
        }
        (Some(authority), _) => named(authority),
        (None, Some(header)) => of_header(header),
        (None, None) => Ok(None),
    }
}

fn of_header(header: &HeaderValue) -> Result<Option<HostName>, RequestError> {
    host(header.to_str().map_err(|_| RequestError::Host)?)
}

/// A client sends nothing where what it asks for has no host (RFC 9112, section 3.2).
fn host(text: &str) -> Result<Option<HostName>, RequestError> {
    if text.is_empty() {
        return Ok(None);
    }
    let name = HostName::parse_authority(text);
    name.map(Some).map_err(|_| RequestError::Host)
}

#[cfg(test)]
mod tests {
    use http::{Request, Version};

    use super::{RequestError, Target};

    fn target(version: Version, uri: &str, hosts: &[&str]) -> Result<String, RequestError> {
        let mut request = Request::get(uri).version(version);
        for host in hosts {
            request = request.header("host", *host);
        }
        let target = Target::of(&request.body(()).unwrap());
        let host = target.host()?;
        Ok(host.map(ToString::to_string).unwrap_or_default())
    }

    #[test]
    fn the_host_is_found_where_each_version_of_http_has_it() {
        let (v10, v11, v2) = (Version::HTTP_10, Version::HTTP_11, Version::HTTP_2);
        type Row = (
            Version,
            &'static str,
            &'static [&'static str],
            Result<&'static str, RequestError>,
        );
        let rows: &[Row] = &[
            (v11, "/x", &["A.example:80"], Ok("a.example")),
            (v11, "/x", &["[::1]:3000"], Ok("[::1]")),
            (v11, "/x", &[""], Ok("")),
            (v11, "/x", &[], Err(RequestError::HostMissing)),
            (v11, "/x", &["a", "a"], Err(RequestError::HostTwice)),
            (v11, "/x", &["a b"], Err(RequestError::Host)),
            (v11, "/x", &["user@a"], Err(RequestError::Host)),
            (v11, "http://a.example/x", &["b.example"], Ok("a.example")),
            (v11, "http://A.example:80/x", &["a b"], Ok("a.example")),
            (v11, "http://a/x", &[], Err(RequestError::HostMissing)),
            (v11, "http://a/x", &["a", "a"], Err(RequestError::HostTwice)),
            (v11, "http://user@a/x", &["a"], Err(RequestError::Host)),
            (v10, "/x", &[], Ok("")),
            (v10, "/x", &["a.example"], Ok("a.example")),
            (v10, "http://a.example/x", &[], Ok("a.example")),
            (v2, "http://a.example/x", &[], Ok("a.example")),
            (v2, "http://a.example:80/x", &["A.example"], Ok("a.example")),
            (v2, "http://a/x", &["b"], Err(RequestError::HostTwice)),
            (v2, "/x", &["a.example"], Ok("a.example")),
            (v2, "/x", &[], Ok("")),
        ];
        for (version, uri, hosts, expected) in rows {
            let expected = expected.clone().map(str::to_owned);
            assert_eq!(
                target(*version, uri, hosts),
                expected,
                "{version:?} {uri} {hosts:?}"
            );
        }
    }
}
