//! `[policy]`: who decides.

use std::path::PathBuf;
use std::time::Duration;

use super::reader::Reader;
use super::setting::{Value, to_toml_table};
use super::{Fault, MailboxConfig, Place};

const DEADLINE: Duration = Duration::from_millis(10);
const DEADLINE_MAX: Duration = Duration::from_secs(10);
const MEMORY_BYTES_MIN: u64 = 1 << 20;
const MEMORY_BYTES_MAX: u64 = 4 << 30;
const CONFIG_BYTES_MAX: usize = 1 << 20;

/// Who decides, and what it may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyConfig {
    /// Where it is named.
    pub place: Place,
    /// Where it comes from.
    pub source: PolicySource,
    /// What it is told when it is configured. For the built-in policy this starts from `[mailbox]`.
    pub config: String,
    /// Names of request headers, and `remote-address`, that it is told of each subscriber.
    pub attributes: Vec<String>,
    /// CPU time of one call.
    pub deadline: Duration,
    /// Linear memory of one instance, in bytes.
    pub memory_bytes_max: u64,
}

/// Where the policy comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicySource {
    /// The component that is part of this program.
    Builtin,
    /// The same rules without Wasm, to measure against.
    Native,
    /// The component in this file.
    File(PathBuf),
}

impl PolicyConfig {
    /// What turned out to be wrong with the policy when it was loaded or given its configuration.
    pub fn fault(&self, what: String) -> Fault {
        let hint = match self.source {
            PolicySource::File(_) => {
                "name a policy component, or leave it out for the built-in one"
            }
            PolicySource::Builtin | PolicySource::Native => {
                "the built-in policy is configured with [mailbox] and policy.config"
            }
        };
        let (key, hint) = ("policy.component".to_owned(), hint.to_owned());
        Fault {
            place: self.place.clone(),
            key,
            what,
            hint,
        }
    }

    pub(super) fn read(reader: &mut Reader<'_>, mailbox: &MailboxConfig) -> Self {
        let source = match reader.text("policy.component") {
            None | Some("builtin") => PolicySource::Builtin,
            Some("native") => PolicySource::Native,
            Some(_) => PolicySource::File(reader.path("policy.component").unwrap_or_default()),
        };
        let config = match &source {
            PolicySource::Builtin | PolicySource::Native => builtin_config(reader, mailbox),
            PolicySource::File(_) => config(reader),
        };
        if config.len() > CONFIG_BYTES_MAX {
            reader.fault(
                "policy.config",
                format!(
                    "it has {} bytes; the limit is {CONFIG_BYTES_MAX}",
                    config.len()
                ),
                "",
            );
        }
        let deadline = reader.duration(
            "policy.deadline",
            DEADLINE,
            Duration::from_millis(1)..=DEADLINE_MAX,
        );
        let memory = MEMORY_BYTES_MIN..=MEMORY_BYTES_MAX;
        let memory_bytes_max = reader.bytes("policy.memory", 64 << 20, memory);
        let place = reader.place("policy.component");
        Self {
            place,
            source,
            config,
            attributes: attributes(reader),
            deadline,
            memory_bytes_max,
        }
    }
}

/// A token is never passed on: it would let a policy act as its bearer.
fn attributes(reader: &mut Reader<'_>) -> Vec<String> {
    let hint = "write names of headers in lower case, or remote-address; never one with a secret";
    reader.texts("policy.attributes", hint, |name| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        let secret = matches!(name, "authorization" | "cookie" | "proxy-authorization");
        !name.is_empty() && name.chars().all(plain) && !secret
    })
}

/// The operator's text as it stands; a table as TOML.
fn config(reader: &mut Reader<'_>) -> String {
    match reader.get("policy.config").map(|setting| &setting.value) {
        None => String::new(),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Table(table)) => to_toml_table(table).to_string(),
        Some(other) => {
            let what = format!("a text or a table is needed, not {}", other.kind());
            reader.fault("policy.config", what, "write it as [policy.config]");
            String::new()
        }
    }
}

/// `[mailbox]` in the words of the built-in policy, and the operator's own words instead where there
/// are any. Those are checked by the policy, whose language they are in.
fn builtin_config(reader: &mut Reader<'_>, mailbox: &MailboxConfig) -> String {
    let own = config(reader);
    let names = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let said: Vec<String> = own.lines().map(names).collect();
    let mut words = mailbox.to_toml();
    words.retain(|name, _| said.iter().all(|said| said != name));
    format!("{words}{own}")
}
