//! `[policy]`: who decides.

use std::path::PathBuf;

use super::files::FileStamp;
use super::reader::Reader;
use super::{Allowance, MailboxConfig, words};

/// Who decides, and what it may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyConfig {
    /// Where it comes from.
    pub source: PolicySource,
    /// The state that its file was in: another one holds another component.
    stamp: FileStamp,
    /// What it is told when it is configured. For the built-in policy this starts from `[mailbox]`.
    pub config: String,
    /// What the operator wrote of that.
    words: String,
    /// Names of request headers, and `remote-address`, that it is told of each subscriber.
    pub attributes: Vec<String>,
    /// What it may use.
    pub allowance: Allowance,
}

/// Where the policy comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PolicySource {
    /// The component that is part of this program.
    #[default]
    Builtin,
    /// The same rules without Wasm, to measure against.
    Native,
    /// The component in this file.
    File(PathBuf),
}

impl PolicyConfig {
    /// Whether an instance of either would do for the other; what is told of subscribers aside.
    pub fn is_same(&self, other: &Self) -> bool {
        let attributes = other.attributes.clone();
        *other
            == Self {
                attributes,
                ..self.clone()
            }
    }

    /// Whether both name the same component with the same words, whatever it may use.
    pub fn names_same(&self, other: &Self) -> bool {
        let allowance = other.allowance.clone();
        other.is_same(&Self {
            allowance,
            ..self.clone()
        })
    }

    /// Reads the section; what it does not say is as in `base`. The words of a policy belong to it:
    /// where another one is named, those of `base` do not go with it.
    pub(super) fn read(reader: &mut Reader<'_>, base: &Self, mailbox: &MailboxConfig) -> Self {
        let (named, stamp) =
            source(reader).map_or((None, base.stamp), |(named, stamp)| (Some(named), stamp));
        let words = match (words::read(reader, "policy"), &named) {
            (Some(words), _) => words,
            (None, Some(_)) => String::new(),
            (None, None) => base.words.clone(),
        };
        let source = named.unwrap_or_else(|| base.source.clone());
        let config = match &source {
            PolicySource::Builtin | PolicySource::Native => builtin_config(&words, mailbox),
            PolicySource::File(_) => words.clone(),
        };
        Self {
            source,
            stamp,
            config,
            words,
            attributes: attributes(reader).unwrap_or_else(|| base.attributes.clone()),
            allowance: Allowance::read(reader, "policy", &base.allowance),
        }
    }
}

fn source(reader: &mut Reader<'_>) -> Option<(PolicySource, FileStamp)> {
    match reader.text("policy.component")? {
        "builtin" => Some((PolicySource::Builtin, FileStamp::default())),
        "native" => Some((PolicySource::Native, FileStamp::default())),
        _ => {
            let (file, stamp) = reader.file("policy.component")?;
            Some((PolicySource::File(file), stamp))
        }
    }
}

/// A token is never passed on: it would let a policy act as its bearer.
fn attributes(reader: &mut Reader<'_>) -> Option<Vec<String>> {
    let hint = "write names of headers in lower case, or remote-address; never one with a secret";
    reader.texts("policy.attributes", hint, |name| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        let secret = matches!(name, "authorization" | "cookie" | "proxy-authorization");
        !name.is_empty() && name.chars().all(plain) && !secret
    })
}

/// `[mailbox]` in the words of the built-in policy, and the operator's own words instead where there
/// are any. Those are checked by the policy, whose language they are in.
fn builtin_config(own: &str, mailbox: &MailboxConfig) -> String {
    let names = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let said: Vec<String> = own.lines().map(names).collect();
    let mut words = mailbox.to_toml();
    words.retain(|name, _| said.iter().all(|said| said != name));
    format!("{words}{own}")
}
