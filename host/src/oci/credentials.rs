//! Who somebody is to a registry.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use serde_json::Value;

const USER: &str = "UMBEL_OCI_USER";
const PASSWORD: &str = "UMBEL_OCI_PASSWORD";

/// Bytes of the file that are read.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// What Docker calls its own registry in that file.
const DOCKER: (&str, &str) = ("docker.io", "https://index.docker.io/v1/");

/// A user and a password, as a header has them (RFC 7617).
#[derive(Clone)]
pub(super) struct Credentials(HeaderValue);

impl Credentials {
    /// Those for `registry`: of the environment, else of the file that `docker login` and `oras login`
    /// write.
    pub(super) fn for_registry(registry: &str) -> Option<Self> {
        let set = |name| std::env::var(name).ok();
        match (set(USER), set(PASSWORD)) {
            (Some(user), Some(password)) => {
                Self::of(&STANDARD.encode(format!("{user}:{password}")))
            }
            _ => Self::of(&written(&read_file()?, registry)?),
        }
    }

    /// The header that presents them.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    fn of(encoded: &str) -> Option<Self> {
        let mut value = HeaderValue::try_from(format!("Basic {encoded}")).ok()?;
        value.set_sensitive(true);
        Some(Self(value))
    }
}

/// What the file says; nothing where there is none that can be read.
fn read_file() -> Option<Value> {
    let folder = match std::env::var_os("DOCKER_CONFIG") {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(std::env::var_os("HOME")?).join(".docker"),
    };
    let mut text = String::new();
    let file = File::open(folder.join("config.json")).ok()?;
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).ok()?;
    serde_json::from_str(&text).ok()
}

/// The user and password for `registry` in the file, still encoded.
fn written(file: &Value, registry: &str) -> Option<String> {
    let key = if registry == DOCKER.0 {
        DOCKER.1
    } else {
        registry
    };
    let auth = file["auths"][key]["auth"].as_str()?;
    (!auth.is_empty()).then(|| auth.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::written;

    #[test]
    fn a_registry_gets_the_password_that_was_meant_for_it_alone() {
        let file = json!({ "auths": {
            "r.example": { "auth": "YTpi" }, "empty.example": { "auth": "" }, "helped.example": {},
            "https://index.docker.io/v1/": { "auth": "Yzpk" }
        } });
        for (registry, found) in [
            ("r.example", Some("YTpi")),
            ("docker.io", Some("Yzpk")),
            ("r.example:5000", None),
            ("empty.example", None),
            ("helped.example", None),
            ("example", None),
        ] {
            assert_eq!(written(&file, registry).as_deref(), found, "{registry}");
        }
        assert_eq!(written(&json!([]), "r.example"), None);
    }
}
