//! What a token says.

use serde::Deserialize;

/// Of the claims of a token, the one that counts here.
#[derive(Deserialize)]
pub(crate) struct Claims {
    pub(crate) plan: Option<String>,
}
