//! `[mercure]`: the protocol, and who may speak it.

use super::issuer;
use super::reader::Reader;
use super::setting::Value;
use crate::auth::Issuer;

const PATH: &str = "/.well-known/mercure";
const PATH_BYTES_MAX: usize = 1024;

/// The protocol, and who may speak it.
#[derive(Clone, Debug)]
pub struct MercureConfig {
    /// Path of the hub.
    pub path: String,
    /// Whether subscribers need no token; they get public events only. With `--dev`, publishers need
    /// none either.
    pub anonymous: bool,
    /// Origins of other pages that may use the hub; `*`: every page, without credentials.
    pub cors_origins: Vec<String>,
    /// Whose tokens count.
    pub issuers: Vec<Issuer>,
}

impl MercureConfig {
    pub(super) fn read(reader: &mut Reader<'_>, dev: bool) -> Self {
        drafts(reader);
        let issuers = issuer::read_all(reader);
        let none = match reader.get("mercure.issuer") {
            None => true,
            Some(setting) => matches!(&setting.value, Value::List(list) if list.is_empty()),
        };
        if issuers.is_empty() && !dev && none {
            reader.fault(
                "mercure.issuer",
                "no key is configured, so nobody could publish",
                "add [[mercure.issuer]] with id, algorithm and secret-file or key-file, \
                 or try the hub out with --dev",
            );
        }
        let anonymous = reader.switch("mercure.anonymous", dev) || dev;
        Self {
            path: path(reader),
            anonymous,
            cors_origins: origins(reader),
            issuers,
        }
    }
}

/// An origin is written as browsers send it (RFC 6454, section 6.2): another spelling would match
/// nothing.
fn origins(reader: &mut Reader<'_>) -> Vec<String> {
    let hint = "write it as \"https://example.com\", with the port where it is not the usual one";
    reader.texts("mercure.cors-origins", hint, |text| {
        let host = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"));
        let plain =
            |c: char| c.is_ascii_graphic() && !c.is_ascii_uppercase() && !"/?#@".contains(c);
        text == "*" || host.is_some_and(|host| !host.is_empty() && host.chars().all(plain))
    })
}

fn path(reader: &mut Reader<'_>) -> String {
    let hint = "write it as \"/.well-known/mercure\"";
    let check = |text: &str| {
        let plain = |c: char| c.is_ascii_graphic() && !"?#%\\\"<>{}".contains(c);
        let text = text.trim_end_matches('/');
        if !text.starts_with('/') || text.len() > PATH_BYTES_MAX {
            Err("a path below \"/\" is needed")
        } else if !text.chars().all(plain) {
            Err("a path of plain characters is needed")
        } else {
            Ok(text.to_owned())
        }
    };
    reader
        .parsed("mercure.path", hint, check)
        .unwrap_or_else(|| PATH.to_owned())
}

fn drafts(reader: &mut Reader<'_>) {
    for setting in reader.list("mercure.drafts").unwrap_or_default() {
        let (what, hint) = match setting.value {
            Value::Number(7) => continue,
            Value::Number(8) => (
                "draft 8 is not supported by this build yet",
                "write [7] for now",
            ),
            _ => ("no such draft", "write [7]"),
        };
        reader.fault_at(setting.place.clone(), "mercure.drafts", what, hint);
    }
}
