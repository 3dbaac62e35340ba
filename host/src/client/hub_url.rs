//! Where a hub is.

use std::str::FromStr;

use http::Uri;

const PATH: &str = "/.well-known/mercure";
const PORT: u16 = 80;

/// Where a hub is: `http://HOST[:PORT][/PATH]`; without a path, the protocol's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HubUrl {
    /// Name or address, an IPv6 address without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// What goes into the `Host` header.
    pub authority: String,
    /// Path of the hub.
    pub path: String,
}

/// Why a text is no address of a hub.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubUrlError {
    /// Not a URL.
    #[error("not a URL; write it as http://127.0.0.1:3000")]
    Format,
    /// Encrypted.
    #[error("https is not supported by this build yet; use http, or a proxy that adds TLS")]
    Https,
    /// A query, a fragment or a user name.
    #[error("only a host, a port and a path may stand in it")]
    Extra,
    /// A path where none may be.
    #[error("only a host and a port may stand in it; write it as http://127.0.0.1:3001")]
    Path,
}

impl FromStr for HubUrl {
    type Err = HubUrlError;

    fn from_str(text: &str) -> Result<Self, HubUrlError> {
        let uri: Uri = text.parse().map_err(|_| HubUrlError::Format)?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => return Err(HubUrlError::Https),
            _ => return Err(HubUrlError::Format),
        }
        let authority = uri.authority().ok_or(HubUrlError::Format)?;
        if uri.query().is_some() || text.contains(['#', '@']) {
            return Err(HubUrlError::Extra);
        }
        let path = if uri.path() == "/" { PATH } else { uri.path() };
        Ok(Self {
            host: authority.host().trim_matches(['[', ']']).to_owned(),
            port: authority.port_u16().unwrap_or(PORT),
            authority: authority.as_str().to_owned(),
            path: path.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{HubUrl, HubUrlError};

    #[test]
    fn a_hub_has_a_host_a_port_and_a_path() {
        for (text, host, port, path) in [
            (
                "http://127.0.0.1:3000",
                "127.0.0.1",
                3000,
                "/.well-known/mercure",
            ),
            (
                "http://hub.example/",
                "hub.example",
                80,
                "/.well-known/mercure",
            ),
            ("http://[::1]:3000/hub", "::1", 3000, "/hub"),
        ] {
            let url: HubUrl = text.parse().unwrap();
            assert_eq!(
                (&*url.host, url.port, &*url.path),
                (host, port, path),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_hub_says_why() {
        for (text, error) in [
            ("https://hub.example", HubUrlError::Https),
            ("hub.example:3000", HubUrlError::Format),
            ("127.0.0.1", HubUrlError::Format),
            ("ftp://hub.example", HubUrlError::Format),
            ("http://hub.example/?a=b", HubUrlError::Extra),
            ("http://me@hub.example/", HubUrlError::Extra),
            ("", HubUrlError::Format),
        ] {
            assert_eq!(text.parse::<HubUrl>(), Err(error), "{text}");
        }
    }
}
