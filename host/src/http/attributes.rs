//! What the operator passes on to the policy about a subscriber.

use std::net::IpAddr;
use std::sync::Arc;

use http::HeaderMap;
use ipnet::IpNet;

use super::Peer;

/// Name of the attribute that is no header: the address of the client, without its port.
const REMOTE_ADDRESS: &str = "remote-address";

const FORWARDED_FOR: &str = "x-forwarded-for";

/// What the operator passes on to the policy about a subscriber.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attributes {
    /// `remote-address`, or names of headers.
    pub(crate) names: Vec<String>,
    /// Peers whose `X-Forwarded-For` counts.
    pub(crate) trusted_proxies: Vec<IpNet>,
}

impl Attributes {
    /// Those of a request, as far as it has them: of a header the first, where it is text.
    pub(crate) fn of(&self, headers: &HeaderMap, peer: Option<Peer>) -> Arc<[(String, String)]> {
        let value = |name: &String| {
            if name == REMOTE_ADDRESS {
                return peer.map(|peer| self.client(peer, headers).to_string());
            }
            Some(headers.get(name)?.to_str().ok()?.to_owned())
        };
        self.names
            .iter()
            .filter_map(|name| Some((name.clone(), value(name)?)))
            .collect()
    }

    /// Who stands behind the trusted proxies: each adds the address that it was called from at the
    /// end, so the last one that is no proxy of ours is the client. What stands before it is hearsay.
    pub(crate) fn client(&self, peer: Peer, headers: &HeaderMap) -> IpAddr {
        let lines = headers.get_all(FORWARDED_FOR).iter();
        let text: Vec<&str> = lines.filter_map(|line| line.to_str().ok()).collect();
        let mut client = peer.0.ip();
        for hop in text.iter().rev().flat_map(|line| line.rsplit(',')) {
            let is_proxy = self
                .trusted_proxies
                .iter()
                .any(|network| network.contains(&client));
            match hop.trim().parse() {
                Ok(before) if is_proxy => client = before,
                _ => break,
            }
        }
        client
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{Attributes, Peer};

    fn peer(address: &str) -> Option<Peer> {
        Some(Peer(
            (address.parse::<std::net::IpAddr>().unwrap(), 9).into(),
        ))
    }

    #[test]
    fn only_what_the_operator_named_is_passed_on() {
        let mut headers = HeaderMap::new();
        headers.insert("user-agent", HeaderValue::from_static("curl"));
        headers.insert("authorization", HeaderValue::from_static("Bearer x"));
        headers.insert("x-odd", HeaderValue::from_bytes(b"\xff").unwrap());
        let names = ["user-agent", "remote-address", "x-odd", "x-none"].map(str::to_owned);
        let attributes = Attributes {
            names: names.to_vec(),
            ..Attributes::default()
        };
        let got = attributes.of(&headers, peer("192.0.2.1"));
        let want = [("user-agent", "curl"), ("remote-address", "192.0.2.1")];
        assert_eq!(*got, want.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }

    #[test]
    fn a_forwarded_address_counts_only_behind_trusted_proxies() {
        let attributes = Attributes {
            names: vec!["remote-address".to_owned()],
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
        };
        let rows: &[(&str, &[&str], &str)] = &[
            ("192.0.2.1", &["203.0.113.9"], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9, 10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["203.0.113.9", "10.0.0.2"], "203.0.113.9"),
            ("10.0.0.1", &["what, 10.0.0.2"], "10.0.0.2"),
        ];
        for (address, lines, client) in rows {
            let mut headers = HeaderMap::new();
            for line in *lines {
                headers.append("x-forwarded-for", HeaderValue::from_static(line));
            }
            let got = attributes.of(&headers, peer(address));
            assert_eq!(got[0].1, *client, "{address} {lines:?}");
        }
    }
}
