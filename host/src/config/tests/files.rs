//! Configurations that name files.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::{AdminAccess, Config, NO_VARIABLES, Sources, lines, parse};
use crate::auth::{Algorithm, Role};

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/keys");

/// A folder of its own for one test, gone with it.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("umbel-config-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    pub(super) fn load(&self) -> Result<Config, super::Faults> {
        let sources = Sources {
            file: Some(self.0.join("umbel.toml")),
            ..Sources::default()
        };
        Config::load(&sources, &NO_VARIABLES)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn issuers_are_read_with_their_keys_relative_to_the_file() {
    let folder = Folder::new("issuers");
    folder.write("secret", "a secret of thirty-two bytes, yes\n");
    folder.write("admin-token", "an operator's secret\n");
    folder.write(
        "rsa.pem",
        &fs::read_to_string(Path::new(KEYS).join("rsa.public.pem")).unwrap(),
    );
    folder.write(
        "umbel.toml",
        r#"
        [admin]
        token-file = "admin-token"
        [[mercure.issuer]]
        id = "one"
        algorithm = "HS256"
        secret-file = "secret"
        [[mercure.issuer]]
        id = "two"
        algorithm = "RS256"
        key-file = "rsa.pem"
        roles = ["publish"]
        "#,
    );
    let config = folder.load().unwrap();
    assert_eq!(config.listen.to_string(), "0.0.0.0:3000");
    assert!(!config.tenants[0].mercure.anonymous);
    let AdminAccess::Token(token) = &config.admin.access else {
        panic!("no token")
    };
    assert_eq!(token.as_str(), "an operator's secret");
    let [one, two] = &config.tenants[0].mercure.issuers[..] else {
        panic!("two issuers")
    };
    assert_eq!((&*one.id, one.algorithm), ("one", Algorithm::Hs256));
    assert!(one.roles.include(Role::Publish) && one.roles.include(Role::Subscribe));
    assert_eq!((&*two.id, two.algorithm), ("two", Algorithm::Rs256));
    assert!(two.roles.include(Role::Publish) && !two.roles.include(Role::Subscribe));
}

#[test]
fn issuers_can_come_from_a_variable() {
    let value =
        format!("[{{ id = 'v', algorithm = 'EdDSA', key-file = '{KEYS}/ed25519.public.pem' }}]");
    let config = parse(
        "",
        &[("UMBEL_MERCURE__ISSUER", &value)],
        &Sources::default(),
    )
    .unwrap();
    assert_eq!(config.tenants[0].mercure.issuers.len(), 1);
}

#[test]
fn what_is_wrong_with_issuers_is_reported_at_once() {
    let text = format!(
        r#"[[mercure.issuer]]
id = "a"
algorithm = "HS512"
secret-file = "/nowhere/secret"
[[mercure.issuer]]
algorithm = "RS256"
key-file = "{KEYS}/ec.public.pem"
[[mercure.issuer]]
id = "c"
algorithm = "ES256"
key-file = "{KEYS}/ec.private.pem"
roles = ["publish", "read"]
[[mercure.issuer]]
id = "d"
algorithm = "HS256"
key-file = "{KEYS}/ec.public.pem"
[[mercure.issuer]]
id = "e"
algorithm = "EdDSA"
[[mercure.issuer]]
id = "f"
algorithm = "ES256"
key-file = "{KEYS}/rsa.public.pem"
jwks = "x"
[[mercure.issuer]]
id = "g"
algorithm = "ES256"
jwks-url = "https://keys.example"
[[mercure.issuer]]
"#
    );
    let found = lines(parse(&text, NO_VARIABLES, &Sources::default()));
    let expected = [
        "umbel.toml:3: mercure.issuer.algorithm: \"HS512\" is no algorithm of this hub",
        "umbel.toml:4: mercure.issuer.secret-file: /nowhere/secret cannot be read: No such file",
        "umbel.toml:6: mercure.issuer.id: missing",
        "umbel.toml:7: mercure.issuer.key-file: not a public key for RS256 in PEM format",
        "umbel.toml:11: mercure.issuer.key-file: a private key, and the hub needs the public one",
        "umbel.toml:12: mercure.issuer.roles: neither \"publish\" nor \"subscribe\"",
        "umbel.toml:16: mercure.issuer.key-file: it does not go with the algorithm",
        "umbel.toml:18: mercure.issuer.key-file: missing",
        "umbel.toml:23: mercure.issuer.key-file: not a public key for ES256 in PEM format",
        "umbel.toml:24: mercure.issuer.jwks: no such key",
        "umbel.toml:28: mercure.issuer.jwks-url: not supported by this build yet",
        "umbel.toml:29: mercure.issuer.algorithm: missing",
        "umbel.toml:29: mercure.issuer.id: missing",
        "umbel.toml:29: mercure.issuer.secret-file: missing",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (fault, start) in found.iter().zip(expected) {
        assert!(fault.starts_with(start), "{fault}\n  instead of\n{start}");
    }
}

#[test]
fn secrets_that_could_be_guessed_are_refused() {
    let folder = Folder::new("short");
    folder.write("secret", "short");
    folder.write(
        "umbel.toml",
        "[admin]\ntoken-file = \"secret\"\n[[mercure.issuer]]\nid = \"a\"\nalgorithm = \
         \"HS256\"\nsecret-file = \"secret\"\n",
    );
    let found = lines(folder.load());
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(
        found[0].contains("holds 5 bytes; a token needs 16"),
        "{found:#?}"
    );
    assert!(
        found[1].contains("a secret of 5 bytes; HS256 needs at least 32"),
        "{found:#?}"
    );
}

#[test]
fn line_ends_after_a_key_count_only_where_it_is_no_text() {
    let folder = Folder::new("ends");
    for (written, read) in [
        (&b"text\r\n\n"[..], &b"text"[..]),
        (b"two\nlines\n", b"two\nlines"),
        (b"\xff\n", b"\xff\n"),
        (b"\n", b""),
    ] {
        let file = folder.0.join("key");
        fs::write(&file, written).unwrap();
        assert_eq!(crate::config::read_key(&file).unwrap(), read);
    }
}

#[test]
fn a_state_folder_that_others_may_write_to_is_a_fault_and_one_that_is_not_there_is_none() {
    let folder = Folder::new("state");
    fs::create_dir(folder.0.join("shared")).unwrap();
    fs::set_permissions(folder.0.join("shared"), Permissions::from_mode(0o777)).unwrap();
    folder.write("file", "");
    let found = |name: &str| {
        let text = format!("\nstate-dir = \"{}\"", folder.0.join(name).display());
        lines(parse(&text, NO_VARIABLES, &super::dev()))
    };
    assert_eq!(found("new"), [""; 0]);
    let shared = found("shared");
    assert_eq!(shared.len(), 1, "{shared:?}");
    assert!(
        shared[0].starts_with("umbel.toml:2: state-dir: others may write to "),
        "{shared:?}"
    );
    assert!(found("file")[0].contains("is no folder"));
}

#[test]
fn a_file_that_is_not_there_is_a_fault() {
    let folder = Folder::new("missing");
    let found = lines(folder.load());
    assert_eq!(found.len(), 1);
    assert!(
        found[0].contains("umbel.toml: cannot be read: No such file"),
        "{found:#?}"
    );
}
