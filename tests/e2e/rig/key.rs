//! A hub with a key.

use std::path::{Path, PathBuf};

use jsonwebtoken::{EncodingKey, Header};

use super::umbel;

const SECRET: &str = "a secret of the tests that is long enough for HS256";

/// A file with the secret.
pub(crate) fn secret_file() -> PathBuf {
    let path = std::env::temp_dir().join(format!("umbel-e2e-secret-{}", uuid::Uuid::new_v4()));
    std::fs::write(&path, SECRET).expect("written");
    path
}

/// The configuration of a hub that trusts the holder of that secret.
pub(crate) fn with_key(secret: &Path, anonymous: bool) -> String {
    format!(
        "[mercure]\nanonymous = {anonymous}\n[[mercure.issuer]]\nid = \"tests\"\nalgorithm = \"HS256\"\n\
         secret-file = \"{}\"\nroles = [\"publish\", \"subscribe\"]\n",
        secret.display()
    )
}

/// A token as `umbel token` prints it.
pub(crate) fn token(secret: &Path, args: &[&str]) -> String {
    let output = umbel()
        .args(["token", "--secret-file"])
        .arg(secret)
        .args(args)
        .output()
        .expect("it runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("text")
        .trim()
        .to_owned()
}

/// A token with just these claims, for what `umbel token` does not write.
pub(crate) fn signed(secret: &Path, claims: &serde_json::Value) -> String {
    let key = EncodingKey::from_secret(&std::fs::read(secret).expect("a secret"));
    jsonwebtoken::encode(&Header::default(), claims, &key).expect("a token")
}
