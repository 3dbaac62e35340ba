//! `[[mercure.issuer]]`: whose tokens count.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::reader::Reader;
use super::setting::Value;
use crate::auth::{Algorithm, Issuer, Role, Roles};

/// A longer file is not meant to be a key.
const KEY_FILE_BYTES_MAX: u64 = 64 << 10;

/// Reads every issuer, and the key file of each.
pub fn read_all(reader: &mut Reader<'_>) -> Vec<Issuer> {
    reader.each("mercure.issuer", read)
}

fn read(reader: &mut Reader<'_>) -> Option<Issuer> {
    let id = required(reader, "id", "name the issuer, as its tokens do in \"iss\"");
    let algorithm = algorithm(reader);
    let roles = roles(reader);
    let key = key(reader, algorithm);
    let (algorithm, (path, key)) = (algorithm?, key?);
    // Also without an id: what is wrong with the key is to be found in the same go.
    Issuer::new(id.unwrap_or_default(), algorithm, &key, roles)
        .map_err(|error| reader.fault(path, error, error.hint()))
        .ok()
        .filter(|_| id.is_some())
}

fn required<'a>(reader: &mut Reader<'a>, path: &str, hint: &str) -> Option<&'a str> {
    match reader.text(path) {
        Some("") => reader.fault(path, "it is empty", hint),
        Some(text) => return Some(text),
        None if reader.get(path).is_none() => reader.fault(path, "missing", hint),
        None => {}
    }
    None
}

fn algorithm(reader: &mut Reader<'_>) -> Option<Algorithm> {
    let hint = "one of HS256, RS256, ES256, EdDSA";
    let name = required(reader, "algorithm", hint)?;
    let algorithm = Algorithm::named(name);
    if algorithm.is_none() {
        reader.fault(
            "algorithm",
            format!("\"{name}\" is no algorithm of this hub"),
            hint,
        );
    }
    algorithm
}

fn roles(reader: &mut Reader<'_>) -> Roles {
    let Some(list) = reader.list("roles") else {
        return Roles::ALL;
    };
    let mut roles = Roles::NONE;
    for setting in list {
        let role = match &setting.value {
            Value::Text(name) => Role::named(name),
            _ => None,
        };
        match role {
            Some(role) => roles = roles.with(role),
            None => reader.fault_at(
                setting.place.clone(),
                "roles",
                "neither \"publish\" nor \"subscribe\"",
                "write [\"publish\", \"subscribe\"], or one of them",
            ),
        }
    }
    if list.is_empty() {
        reader.fault(
            "roles",
            "without a role the issuer is of no use",
            "leave it out for both",
        );
    }
    roles
}

/// The key that goes with `algorithm`, and the name of the setting that it came from.
fn key(reader: &mut Reader<'_>, algorithm: Option<Algorithm>) -> Option<(&'static str, Vec<u8>)> {
    let secret = algorithm.map(Algorithm::takes_secret);
    let (path, other) = match (reader.get("secret-file"), reader.get("key-file")) {
        (Some(_), Some(_)) => {
            reader.fault(
                "key-file",
                "both secret-file and key-file are set",
                "keep one of them",
            );
            return None;
        }
        (Some(_), None) => ("secret-file", secret == Some(false)),
        (None, Some(_)) => ("key-file", secret == Some(true)),
        (None, None) if reader.get("jwks-url").is_some() => return None,
        (None, None) => {
            let path = if secret == Some(false) {
                "key-file"
            } else {
                "secret-file"
            };
            reader.fault(path, "missing", "name the file that holds the key");
            return None;
        }
    };
    if other {
        let hint = "HS256 goes with secret-file; RS256, ES256 and EdDSA go with key-file";
        reader.fault(path, "it does not go with the algorithm", hint);
    }
    let (file, _) = reader.file(path)?;
    match read_key(&file) {
        Ok(_) if other => None,
        Ok(key) => Some((path, key)),
        Err(error) => {
            reader.fault(
                path,
                format!("{} cannot be read: {error}", file.display()),
                "",
            );
            None
        }
    }
}

/// The content of a key file. Of a text, the line ends that editors put after it are left out; in
/// random bytes they are part of the key.
pub fn read_key(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut key = Vec::new();
    File::open(file)?
        .take(KEY_FILE_BYTES_MAX + 1)
        .read_to_end(&mut key)?;
    if key.len() as u64 > KEY_FILE_BYTES_MAX {
        let what = format!("it has more than {KEY_FILE_BYTES_MAX} bytes");
        return Err(std::io::Error::other(what));
    }
    if let Ok(text) = std::str::from_utf8(&key) {
        key.truncate(text.trim_end_matches(['\n', '\r']).len());
    }
    Ok(key)
}
