//! Whose tokens count, and for what.

use std::fmt;
use std::sync::Arc;

use jsonwebtoken::DecodingKey;
use sha2::{Digest, Sha256};

use super::{Algorithm, Roles};

/// RFC 7518, section 3.2: a key of the same size as the hash output or larger must be used.
const SECRET_BYTES_MIN: usize = 32;

/// Whose tokens count, and for what. Bound to one algorithm, so that no token can choose how its own
/// signature is checked. Cheap to clone.
#[derive(Clone)]
pub struct Issuer {
    /// What its tokens call it in `iss`.
    pub id: Arc<str>,
    /// The one algorithm of its key.
    pub algorithm: Algorithm,
    /// What its tokens may be used for.
    pub roles: Roles,
    /// Tells its key from others.
    pub print: KeyPrint,
    pub(super) key: Arc<DecodingKey>,
}

/// Tells keys apart without showing them: SHA-256 of the secret, or of the text of a public key without
/// white space. It prints as nothing, since a short secret could be found out by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyPrint([u8; 32]);

/// Why a file does not hold the key that an algorithm needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// A secret that could be guessed.
    #[error("a secret of {len} bytes; HS256 needs at least {SECRET_BYTES_MIN}")]
    Short {
        /// Bytes of it.
        len: usize,
    },
    /// A private key where the public one is enough.
    #[error("a private key, and the hub needs the public one alone")]
    Private,
    /// Something else.
    #[error("not a public key for {} in PEM format", .0.name())]
    Format(Algorithm),
}

impl KeyError {
    /// How to mend it.
    pub const fn hint(&self) -> &'static str {
        match self {
            Self::Short { .. } => "make one: head -c 32 /dev/urandom | base64 > FILE",
            Self::Private => "take it out: openssl pkey -in PRIVATE.pem -pubout -out PUBLIC.pem",
            Self::Format(_) => "the file starts with -----BEGIN PUBLIC KEY-----",
        }
    }
}

impl Issuer {
    /// The issuer `id`, whose tokens are checked with `key`: the secret itself for HS256, a public
    /// key in PEM format otherwise.
    ///
    /// # Errors
    /// Where `key` is not what the algorithm needs.
    pub fn new(id: &str, algorithm: Algorithm, key: &[u8], roles: Roles) -> Result<Self, KeyError> {
        Ok(Self {
            id: id.into(),
            algorithm,
            roles,
            print: KeyPrint::of(algorithm, key),
            key: Arc::new(decoding_key(algorithm, key)?),
        })
    }
}

impl PartialEq for Issuer {
    fn eq(&self, other: &Self) -> bool {
        let facts = |issuer: &Self| (issuer.algorithm, issuer.roles, issuer.print);
        self.id == other.id && facts(self) == facts(other)
    }
}

impl KeyPrint {
    fn of(algorithm: Algorithm, key: &[u8]) -> Self {
        let is_part = |byte: &&u8| algorithm.takes_secret() || !byte.is_ascii_whitespace();
        let parts: Vec<u8> = key.iter().filter(is_part).copied().collect();
        Self(Sha256::digest(parts).into())
    }
}

impl fmt::Debug for KeyPrint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyPrint")
    }
}

fn decoding_key(algorithm: Algorithm, key: &[u8]) -> Result<DecodingKey, KeyError> {
    if algorithm.takes_secret() {
        return if key.len() < SECRET_BYTES_MIN {
            Err(KeyError::Short { len: key.len() })
        } else {
            Ok(DecodingKey::from_secret(key))
        };
    }
    if String::from_utf8_lossy(key).contains("PRIVATE KEY-----") {
        return Err(KeyError::Private);
    }
    let read = match algorithm {
        Algorithm::Hs256 | Algorithm::Rs256 => DecodingKey::from_rsa_pem(key),
        Algorithm::Es256 => DecodingKey::from_ec_pem(key),
        Algorithm::EdDsa => DecodingKey::from_ed_pem(key),
    };
    read.map_err(|_| KeyError::Format(algorithm))
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({}, {})", self.id, self.algorithm.name())
    }
}
