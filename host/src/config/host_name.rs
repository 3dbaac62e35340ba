//! The name of a host, as requests carry it.

use std::fmt;
use std::net::Ipv6Addr;
use std::sync::Arc;

/// Bytes of a name (RFC 1035, section 2.3.4).
const BYTES_MAX: usize = 253;

/// The name of a host in its one spelling: lower case, without a port, without the dot of the root, an
/// IPv6 address in brackets and as short as it can be. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Arc<str>);

/// Why a text is no name of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no name of a host")]
pub struct HostNameError;

impl HostName {
    /// The name in `text`, which has no port.
    ///
    /// # Errors
    /// Where it is neither a name nor an address. What is not ASCII is none: requests carry the
    /// encoded form (`xn--...`).
    pub fn parse(text: &str) -> Result<Self, HostNameError> {
        let bracketed = text
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'));
        if let Some(address) = bracketed.or_else(|| text.contains(':').then_some(text)) {
            let address: Ipv6Addr = address.parse().map_err(|_| HostNameError)?;
            return Ok(Self(format!("[{address}]").into()));
        }
        let name = text.strip_suffix('.').unwrap_or(text);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        if name.is_empty() || name.len() > BYTES_MAX || !name.chars().all(plain) {
            return Err(HostNameError);
        }
        Ok(Self(name.to_ascii_lowercase().into()))
    }

    /// The name in `text`, which may have a port (RFC 3986, section 3.2; RFC 9110, section 7.2).
    ///
    /// # Errors
    /// Where it is no such thing.
    pub fn parse_authority(text: &str) -> Result<Self, HostNameError> {
        // What stands in brackets may have colons of its own.
        let after_name = text.rfind(']').unwrap_or(0);
        let (name, port) = match text[after_name..].find(':') {
            Some(at) => (&text[..after_name + at], &text[after_name + at + 1..]),
            None => (text, ""),
        };
        if port.bytes().all(|b| b.is_ascii_digit()) {
            Self::parse(name)
        } else {
            Err(HostNameError)
        }
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::HostName;

    fn authority(text: &str) -> Option<String> {
        HostName::parse_authority(text)
            .ok()
            .map(|name| name.to_string())
    }

    #[test]
    fn one_host_has_one_spelling() {
        for (text, name) in [
            ("example.com", "example.com"),
            ("EXAMPLE.com:3000", "example.com"),
            ("example.com.:80", "example.com"),
            ("example.com:", "example.com"),
            ("a_b.example", "a_b.example"),
            ("192.0.2.1:80", "192.0.2.1"),
            ("[::1]", "[::1]"),
            ("[0:0:0:0:0:0:0:1]:3000", "[::1]"),
            ("[2001:DB8::A]", "[2001:db8::a]"),
        ] {
            assert_eq!(authority(text).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn what_no_host_can_be_called_is_refused() {
        let long = "x".repeat(254);
        for text in [
            "",
            ".",
            ":80",
            "a b",
            "a/b",
            "user@a",
            "a:b",
            "a:80:90",
            "::1",
            "[::1",
            "::1]",
            "[::g]",
            "[]",
            "[a]",
            "[::1]x",
            "[::1]80",
            "é.example",
            "a%2eb",
            "a,b",
            &long,
        ] {
            assert_eq!(authority(text), None, "{text}");
        }
    }

    #[test]
    fn a_configured_host_has_no_port() {
        for (text, name) in [
            ("Example.COM", Some("example.com")),
            ("::1", Some("[::1]")),
            ("[::1]", Some("[::1]")),
            ("a:80", None),
            ("[::1]:80", None),
        ] {
            let read = HostName::parse(text).ok().map(|name| name.to_string());
            assert_eq!(read.as_deref(), name, "{text}");
        }
    }
}
