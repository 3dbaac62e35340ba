//! Makes tokens.

use jsonwebtoken::{EncodingKey, Header, encode};
use serde::Serialize;

use super::Algorithm;

/// A private key or secret that signs tokens.
pub struct Signer {
    algorithm: Algorithm,
    key: EncodingKey,
}

/// Why no token can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// Not a private key that the hub knows.
    #[error(
        "not a private key (RSA, EC P-256 or Ed25519) in PEM format, PKCS #8 for the latter two"
    )]
    Format,
    /// The key does not sign.
    #[error("the key cannot sign: {0}")]
    Sign(String),
}

impl Signer {
    /// Signs with a shared secret, as HS256.
    pub fn from_secret(secret: &[u8]) -> Self {
        Self {
            algorithm: Algorithm::Hs256,
            key: EncodingKey::from_secret(secret),
        }
    }

    /// Signs with a private key in PEM format, whose kind decides the algorithm.
    ///
    /// # Errors
    /// Where it is no such key.
    pub fn from_pem(pem: &[u8]) -> Result<Self, SignerError> {
        let public = String::from_utf8_lossy(pem).contains("PUBLIC KEY-----");
        let read = [
            (Algorithm::EdDsa, EncodingKey::from_ed_pem(pem)),
            (Algorithm::Es256, EncodingKey::from_ec_pem(pem)),
            (Algorithm::Rs256, EncodingKey::from_rsa_pem(pem)),
        ];
        let found = read
            .into_iter()
            .find_map(|(algorithm, key)| Some((algorithm, key.ok()?)));
        match found {
            Some((algorithm, key)) if !public => Ok(Self { algorithm, key }),
            _ => Err(SignerError::Format),
        }
    }

    /// How it signs.
    #[cfg(test)]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// A token with these claims.
    ///
    /// # Errors
    /// Where the key cannot sign, such as one on another curve.
    pub fn sign<T: Serialize>(&self, claims: &T) -> Result<String, SignerError> {
        encode(&Header::new(self.algorithm.jws()), claims, &self.key)
            .map_err(|error| SignerError::Sign(error.to_string()))
    }
}
