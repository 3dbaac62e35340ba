//! What the operator passes on to the policy about a subscriber.

use std::sync::Arc;

use http::HeaderMap;

use super::Peer;

/// Name of the attribute that is no header: the address of the peer, without its port.
const REMOTE_ADDRESS: &str = "remote-address";

/// The attributes that `names` ask for, as far as the request has them: `remote-address`, or the
/// first header of that name where it is text.
pub(crate) fn attributes(
    names: &[String],
    headers: &HeaderMap,
    peer: Option<Peer>,
) -> Arc<[(String, String)]> {
    let value = |name: &String| {
        if name == REMOTE_ADDRESS {
            return peer.map(|peer| peer.0.ip().to_string());
        }
        Some(headers.get(name)?.to_str().ok()?.to_owned())
    };
    names.iter().filter_map(|name| Some((name.clone(), value(name)?))).collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue};

    use super::{Peer, attributes};

    #[test]
    fn only_what_the_operator_named_is_passed_on() {
        let mut headers = HeaderMap::new();
        headers.insert("user-agent", HeaderValue::from_static("curl"));
        headers.insert("authorization", HeaderValue::from_static("Bearer x"));
        headers.insert("x-odd", HeaderValue::from_bytes(b"\xff").expect("opaque bytes are allowed"));
        let names = ["user-agent", "remote-address", "x-odd", "x-none"].map(str::to_owned);
        let peer = Some(Peer(([192, 0, 2, 1], 9).into()));
        let got = attributes(&names, &headers, peer);
        let want = [("user-agent", "curl"), ("remote-address", "192.0.2.1")];
        assert_eq!(*got, want.map(|(n, v)| (n.to_owned(), v.to_owned())));
    }
}
