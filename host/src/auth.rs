//! Who may publish and who may receive private events: signed tokens (Mercure draft 7).

mod algorithm;
mod bearer;
mod claims;
mod grant;
mod issuer;
mod keyring;
mod role;
mod signer;
mod token_error;

#[cfg(test)]
mod tests;

pub use algorithm::Algorithm;
pub use bearer::{PresentationError, bearer_token};
pub use grant::Grant;
pub use issuer::{Issuer, KeyPrint};
pub use keyring::Keyring;
pub use role::{Role, Roles};
pub use signer::Signer;
pub use token_error::TokenError;
