//! Verifies tokens.

use std::sync::Arc;

use jsonwebtoken::{Validation, dangerous, decode, decode_header};
use serde::Deserialize;
use serde_json::value::RawValue;
use umbel_selector::{Matcher, Selector};

use super::claims::Claims;
use super::{Algorithm, Grant, Issuer, Role, TokenError};

/// Bytes of a token.
const TOKEN_BYTES_MAX: usize = 8 << 10;

/// Selectors of a token, for one role.
const TOKEN_SELECTORS_MAX: usize = 1_000;

/// How much a token may be ahead of the hub's clock: the clocks of two machines differ, and a fresh
/// token is used at once. `exp` gets none: no stream lives past it (protocol item 59), so a token
/// that is past it is good for nothing.
const NBF_LEEWAY_MS: u64 = 5_000;

/// The keys of a hub. Cheap to clone.
///
/// What a token says of its own key (`kid`, `jku`, `jwk`, `x5u`, `x5c`) is never looked at (protocol
/// item 48): the key follows from `iss` and from the algorithm that the operator bound to it.
#[derive(Clone, Debug)]
pub struct Keyring {
    issuers: Arc<[Issuer]>,
    selector_bytes_max: usize,
}

/// The claim that is read before the signature is checked: it only chooses among trusted keys.
#[derive(Deserialize)]
struct Unverified {
    iss: Option<String>,
}

impl Keyring {
    /// A keyring of these issuers, who may grant selectors of at most `selector_bytes_max` bytes.
    /// Several may share an id: a key and its successor.
    pub fn new(issuers: &[Issuer], selector_bytes_max: usize) -> Self {
        Self {
            issuers: issuers.into(),
            selector_bytes_max,
        }
    }

    /// Verifies `token` for `role` at the Unix time `now_unix_s`.
    ///
    /// # Errors
    /// Where anything about it is wrong: only the log may say what.
    pub fn verify(&self, token: &str, role: Role, now_unix_s: u64) -> Result<Grant, TokenError> {
        let claims = self.signed_claims(token, role)?;
        let read = Claims::parse(&claims)?;
        check_time(&read, now_unix_s.saturating_mul(1000))?;
        let selectors = self.selectors(read.selectors(role))?;
        Ok(Grant {
            selectors,
            expires_ms: read.expires_ms(),
            claims: claims.into(),
        })
    }

    /// The claims as JSON text, once the signature was found good.
    fn signed_claims(&self, token: &str, role: Role) -> Result<String, TokenError> {
        if token.len() > TOKEN_BYTES_MAX {
            return Err(TokenError::TooLong {
                len: token.len(),
                max: TOKEN_BYTES_MAX,
            });
        }
        let header = decode_header(token).map_err(malformed)?;
        if header.crit.is_some() {
            return Err(TokenError::Critical);
        }
        let algorithm = Algorithm::of_jws(header.alg)
            .ok_or_else(|| TokenError::Malformed(format!("{:?} is not allowed", header.alg)))?;
        let validation = validation(algorithm);
        let candidates = self.candidates(token, algorithm, role)?;
        if candidates.is_empty() {
            return Err(TokenError::NoKey {
                role: role.name(),
                algorithm: algorithm.name(),
            });
        }
        candidates
            .into_iter()
            .find_map(|issuer| decode::<Box<RawValue>>(token, &issuer.key, &validation).ok())
            .map(|data| data.claims.get().to_owned())
            .ok_or(TokenError::Signature)
    }

    /// The issuers whose key may have signed the token: those that it names, else all of the same
    /// algorithm.
    fn candidates(
        &self,
        token: &str,
        algorithm: Algorithm,
        role: Role,
    ) -> Result<Vec<&Issuer>, TokenError> {
        let unverified: Unverified = dangerous::insecure_decode_claims(token).map_err(malformed)?;
        let is_named = |issuer: &Issuer| unverified.iss.as_deref() == Some(&*issuer.id);
        let any_named = self.issuers.iter().any(is_named);
        let fits = |issuer: &&Issuer| {
            issuer.algorithm == algorithm
                && issuer.roles.include(role)
                && (!any_named || is_named(issuer))
        };
        Ok(self.issuers.iter().filter(fits).collect())
    }

    fn selectors(&self, patterns: &[String]) -> Result<Vec<Selector>, TokenError> {
        let (count, max) = (patterns.len(), TOKEN_SELECTORS_MAX);
        if count > max {
            return Err(TokenError::TooManySelectors { count, max });
        }
        let selector = |p: &String| Selector::new(Matcher::UriTemplate, p, self.selector_bytes_max);
        let selectors = patterns
            .iter()
            .map(selector)
            .collect::<Result<Vec<_>, _>>()?;
        Selector::check_total(&selectors)?;
        Ok(selectors)
    }
}

/// The library checks the signature alone: times are compared here, with the clock that the caller
/// holds.
fn validation(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm.jws());
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

fn check_time(claims: &Claims, now_ms: u64) -> Result<(), TokenError> {
    if let Some(ago_ms) = claims.expires_ms().and_then(|end| now_ms.checked_sub(end)) {
        return Err(TokenError::Expired {
            ago_s: ago_ms / 1000,
        });
    }
    let start = claims.starts_ms().unwrap_or(0);
    match start.checked_sub(now_ms) {
        Some(early_ms) if early_ms > NBF_LEEWAY_MS => Err(TokenError::TooEarly {
            in_s: early_ms / 1000,
        }),
        _ => Ok(()),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err takes"
)]
fn malformed(error: jsonwebtoken::errors::Error) -> TokenError {
    TokenError::Malformed(error.to_string())
}
