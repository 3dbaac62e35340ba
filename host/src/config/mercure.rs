//! `[mercure]`: the protocol, and who may speak it.

use super::issuer;
use super::reader::Reader;
use super::setting::Value;
use crate::auth::Issuer;

/// Paths that tell how the hub is, whatever the tenant.
const RESERVED: [&str; 2] = ["/healthz", "/readyz"];

/// What the paths begin with that name a tenant.
const TENANTS: &str = "/t/";

const PATH_BYTES_MAX: usize = 1024;

/// The protocol, and who may speak it.
#[derive(Clone, Debug, PartialEq)]
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
    /// Reads the section at the top of the file.
    pub(super) fn read(reader: &mut Reader<'_>, dev: bool) -> Self {
        if !dev && has_no_issuer(reader) {
            reader.fault(
                "mercure.issuer",
                "no key is configured, so nobody could publish",
                "add [[mercure.issuer]] with id, algorithm and secret-file or key-file, \
                 or try the hub out with --dev",
            );
        }
        Self::read_over(reader, &Self::default(), dev)
    }

    /// Reads the section of a tenant; what it does not say is as in `top`, but for the issuers: those
    /// of one tenant never count for another.
    pub(super) fn read_below(reader: &mut Reader<'_>, top: &Self, dev: bool) -> Self {
        if !dev && has_no_issuer(reader) {
            reader.fault(
                "mercure.issuer",
                "the tenant has no key of its own, and those of others do not count for it",
                "add [[tenant.mercure.issuer]] with id, algorithm and secret-file or key-file",
            );
        }
        Self::read_over(reader, top, dev)
    }

    fn read_over(reader: &mut Reader<'_>, base: &Self, dev: bool) -> Self {
        drafts(reader);
        Self {
            path: path(reader).unwrap_or_else(|| base.path.clone()),
            anonymous: reader.switch("mercure.anonymous", base.anonymous) || dev,
            cors_origins: origins(reader).unwrap_or_else(|| base.cors_origins.clone()),
            issuers: issuer::read_all(reader),
        }
    }
}

impl Default for MercureConfig {
    fn default() -> Self {
        Self {
            path: "/.well-known/mercure".to_owned(),
            anonymous: false,
            cors_origins: Vec::new(),
            issuers: Vec::new(),
        }
    }
}

/// Whether there is none at all; what is wrong with those that are there is said of each.
fn has_no_issuer(reader: &Reader<'_>) -> bool {
    match reader.get("mercure.issuer") {
        None => true,
        Some(setting) => matches!(&setting.value, Value::List(list) if list.is_empty()),
    }
}

/// An origin is written as browsers send it (RFC 6454, section 6.2): another spelling would match
/// nothing.
fn origins(reader: &mut Reader<'_>) -> Option<Vec<String>> {
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

fn path(reader: &mut Reader<'_>) -> Option<String> {
    let hint = "write it as \"/.well-known/mercure\"";
    let check = |text: &str| {
        let plain = |c: char| c.is_ascii_graphic() && !"?#%\\\"<>{}".contains(c);
        let text = text.trim_end_matches('/');
        if !text.starts_with('/') || text.len() > PATH_BYTES_MAX {
            Err("a path below \"/\" is needed")
        } else if !text.chars().all(plain) {
            Err("a path of plain characters is needed")
        } else if RESERVED.contains(&text) || text.starts_with(TENANTS) {
            Err("the hub has another use for this path")
        } else {
            Ok(text.to_owned())
        }
    };
    reader.parsed("mercure.path", hint, check)
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
