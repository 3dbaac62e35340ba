//! `[admin]`: the listener of the operator.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use super::address;
use super::reader::Reader;

const LISTEN: &str = "127.0.0.1:3001";

/// A token shorter than this can be guessed.
const TOKEN_BYTES_MIN: usize = 16;

/// A longer one is not meant to be a token.
const TOKEN_BYTES_MAX: usize = 4096;

/// The listener of the operator.
#[derive(Clone, Debug)]
pub struct AdminConfig {
    /// Where it is.
    pub listen: SocketAddr,
    /// Who may use it.
    pub access: AdminAccess,
}

/// Who may use the admin listener beyond its health and metrics, which are for everyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AdminAccess {
    /// Whoever reaches it: only with `--dev`.
    Open,
    /// Whoever has this token.
    Token(AdminToken),
    /// Nobody: no token is configured.
    Closed,
}

/// The operator's secret; it prints as nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct AdminToken(Arc<str>);

impl AdminToken {
    /// The secret.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for AdminToken {
    fn from(secret: &str) -> Self {
        Self(secret.into())
    }
}

impl fmt::Debug for AdminToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdminToken")
    }
}

impl AdminConfig {
    pub(super) fn read(reader: &mut Reader<'_>, dev: bool) -> Self {
        let listen = address::listen(reader, "admin.listen", LISTEN, dev);
        let access = match token(reader) {
            Some(token) => AdminAccess::Token(token),
            None if dev => AdminAccess::Open,
            None => AdminAccess::Closed,
        };
        Self { listen, access }
    }
}

fn token(reader: &mut Reader<'_>) -> Option<AdminToken> {
    let (path, _) = reader.file("admin.token-file")?;
    let hint = "write a random text into it: head -c 32 /dev/urandom | base64 > FILE";
    let mut fault = |what: String| reader.fault("admin.token-file", what, hint);
    match std::fs::read_to_string(&path) {
        Err(error) => fault(format!("{} cannot be read: {error}", path.display())),
        Ok(text) => match text.trim() {
            token if token.len() < TOKEN_BYTES_MIN => fault(format!(
                "{} holds {} bytes; a token needs {TOKEN_BYTES_MIN}",
                path.display(),
                token.len()
            )),
            token if token.len() > TOKEN_BYTES_MAX => {
                fault(format!(
                    "{} holds more than {TOKEN_BYTES_MAX} bytes",
                    path.display()
                ));
            }
            token => return Some(AdminToken::from(token)),
        },
    }
    None
}
