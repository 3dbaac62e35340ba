//! What a token says (Mercure draft 7, "Authorization").

use serde::Deserialize;
use serde_json::Number;

use super::{Role, TokenError};

/// What a token says, as far as the hub looks at it.
#[derive(Debug, Default, Deserialize)]
pub struct Claims {
    exp: Option<Number>,
    nbf: Option<Number>,
    mercure: Option<Mercure>,
    /// The same under a name that cannot collide (RFC 7519, section 4.2); it wins where both are there.
    #[serde(rename = "https://mercure.rocks/")]
    mercure_uri: Option<Mercure>,
}

#[derive(Debug, Deserialize)]
struct Mercure {
    publish: Option<Vec<String>>,
    subscribe: Option<Vec<String>>,
}

impl Claims {
    /// Reads the claims of a verified token.
    ///
    /// # Errors
    /// Where a claim that the hub looks at has the wrong type.
    pub fn parse(json: &str) -> Result<Self, TokenError> {
        serde_json::from_str(json).map_err(|error| TokenError::Malformed(error.to_string()))
    }

    /// The selectors that are granted for `role`: absent or empty means none (protocol items 56, 57).
    pub fn selectors(&self, role: Role) -> &[String] {
        let mercure = self.mercure_uri.as_ref().or(self.mercure.as_ref());
        let list = mercure.and_then(|mercure| match role {
            Role::Publish => mercure.publish.as_deref(),
            Role::Subscribe => mercure.subscribe.as_deref(),
        });
        list.unwrap_or_default()
    }

    /// Unix time in milliseconds from which the token no longer counts.
    pub fn expires_ms(&self) -> Option<u64> {
        self.exp.as_ref().map(milliseconds)
    }

    /// Unix time in milliseconds from which the token counts.
    pub fn starts_ms(&self) -> Option<u64> {
        self.nbf.as_ref().map(milliseconds)
    }
}

/// A `NumericDate` may have a fraction (RFC 7519, section 2). What lies before 1970 is 0, what lies
/// past the end of time is the end of time.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates"
)]
fn milliseconds(date: &Number) -> u64 {
    match date.as_u64() {
        Some(seconds) => seconds.saturating_mul(1000),
        None => (date.as_f64().unwrap_or(0.0) * 1000.0) as u64,
    }
}
