//! Who changed what.

use std::fmt::Write;

use http::HeaderMap;
use sha2::{Digest, Sha256};

use super::admin_error::AdminError;
use crate::auth::bearer_token;
use crate::http::Peer;

/// What the audit lines are logged under.
const TARGET: &str = "umbel::audit";

/// Bytes of the digest of a token that tell it from others, and do not tell it.
const FINGERPRINT_BYTES: usize = 6;

/// Who asks: the address of the peer, and the fingerprint of the token.
pub(super) fn who(headers: &HeaderMap, peer: Option<Peer>) -> String {
    let address = peer.map_or_else(|| "unknown".to_owned(), |peer| peer.0.ip().to_string());
    let token = bearer_token(headers).map_or_else(
        |_| "no token".to_owned(),
        |token| {
            let digest = Sha256::digest(token);
            let mut text = "token ".to_owned();
            for byte in &digest[..FINGERPRINT_BYTES] {
                // Writing to a text does not fail.
                _ = write!(text, "{byte:02x}");
            }
            text
        },
    );
    format!("{address}, {token}")
}

/// What somebody did, or wanted to do.
#[derive(Clone, Copy, Default)]
pub(super) struct Deed<'a> {
    /// As [`who`] says.
    pub(super) who: &'a str,
    /// What was to be changed.
    pub(super) what: &'a str,
    /// For whom; empty where it is for all.
    pub(super) tenant: &'a str,
    /// The id of the subscriber that it is about, where it is about one.
    pub(super) subscriber: &'a str,
    /// SHA-256 of the component that decides since, where there is one.
    pub(super) digest: &'a str,
}

impl Deed<'_> {
    /// Notes that it was done, or why not.
    pub(super) fn note(self, result: Result<(), &AdminError>) {
        let Self {
            who,
            what,
            tenant,
            subscriber,
            digest,
        } = self;
        let result = match result {
            Ok(()) => "done".to_owned(),
            Err(error) => format!("refused: {error}"),
        };
        tracing::info!(target: TARGET, who, what, tenant, subscriber, digest, result, "change");
    }
}
