//! Every key of the configuration.

use super::nearest::nearest;

/// One key, by its dotted path from the root.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As `limits.event-bytes`; below an array of tables, the path without an index.
    pub path: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Who it is for.
    pub scope: Scope,
}

/// Who a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole process: it stands in its own place alone.
    Process,
    /// A tenant: at the top of the file for `default` and for all who do not say it, and below
    /// `[[tenant]]` for that one.
    Tenant,
}

/// Why a key is not known where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// There is no such key.
    Nowhere,
    /// It is there, but for the whole process.
    NotOfATenant,
}

/// What a key holds: it tells how the text of a variable or flag is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, durations included.
    Text,
    /// A whole number, or a size in bytes.
    Number,
    /// `true` or `false`.
    Switch,
    /// A list of texts or numbers.
    List,
    /// Further keys.
    Section,
    /// A list of sections.
    Sections,
    /// Text, or a table of the component's own.
    Free,
    /// Known, but this build does nothing with it or with anything below it.
    Later,
}

const fn process(path: &'static str, kind: Kind) -> Key {
    let scope = Scope::Process;
    Key { path, kind, scope }
}

const fn each(path: &'static str, kind: Kind) -> Key {
    let scope = Scope::Tenant;
    Key { path, kind, scope }
}

/// What the keys of one tenant start with.
const TENANT: &str = "tenant.";

/// All of them. A section stands before its keys.
pub const KEYS: &[Key] = &[
    process("listen", Kind::Text),
    process("shards", Kind::Number),
    process("state-dir", Kind::Text),
    process("trusted-proxies", Kind::List),
    process("page", Kind::Later),
    process("tls", Kind::Later),
    process("admin", Kind::Section),
    process("admin.listen", Kind::Text),
    process("admin.token-file", Kind::Text),
    each("limits", Kind::Section),
    process("limits.connections", Kind::Number),
    each("limits.subscribers", Kind::Number),
    each("limits.subscribers-per-address", Kind::Number),
    each("limits.selectors", Kind::Number),
    each("limits.selector-bytes", Kind::Number),
    each("limits.topics", Kind::Number),
    each("limits.topic-bytes", Kind::Number),
    each("limits.event-bytes", Kind::Number),
    process("limits.header-bytes", Kind::Number),
    process("limits.header-timeout", Kind::Text),
    process("limits.idle-timeout", Kind::Text),
    each("limits.component-bytes", Kind::Number),
    each("limits.publishers-wait", Kind::Text),
    each("limits.max-lag-events", Kind::Number),
    each("limits.max-lag-bytes", Kind::Number),
    each("limits.publish-rate", Kind::Number),
    each("stream", Kind::Section),
    each("stream.heartbeat", Kind::Text),
    each("stream.age", Kind::Text),
    each("stream.retry", Kind::Text),
    each("stream.write-timeout", Kind::Text),
    each("stream.checkpoint", Kind::Switch),
    each("mailbox", Kind::Section),
    each("mailbox.events", Kind::Number),
    each("mailbox.bytes", Kind::Number),
    each("mailbox.when-full", Kind::Text),
    each("log", Kind::Section),
    each("log.kind", Kind::Text),
    each("log.path", Kind::Later),
    each("log.url", Kind::Later),
    each("log.stream", Kind::Later),
    each("log.sync", Kind::Later),
    each("log.retain-events", Kind::Number),
    each("log.retain-bytes", Kind::Number),
    each("log.retain-age", Kind::Text),
    each("mercure", Kind::Section),
    each("mercure.path", Kind::Text),
    each("mercure.drafts", Kind::List),
    each("mercure.anonymous", Kind::Switch),
    each("mercure.subscriptions", Kind::Later),
    each("mercure.cookie-name", Kind::Later),
    each("mercure.cors-origins", Kind::List),
    each("mercure.publish-origins", Kind::Later),
    each("mercure.resource-identifier", Kind::Later),
    each("mercure.issuer", Kind::Sections),
    each("mercure.issuer.id", Kind::Text),
    each("mercure.issuer.algorithm", Kind::Text),
    each("mercure.issuer.secret-file", Kind::Text),
    each("mercure.issuer.key-file", Kind::Text),
    each("mercure.issuer.jwks-url", Kind::Later),
    each("mercure.issuer.roles", Kind::List),
    each("policy", Kind::Section),
    each("policy.component", Kind::Text),
    each("policy.config", Kind::Free),
    each("policy.deadline", Kind::Text),
    each("policy.memory", Kind::Number),
    each("policy.share", Kind::Text),
    each("policy.on-failure", Kind::Text),
    each("policy.attributes", Kind::List),
    each("filter", Kind::Section),
    each("filter.component", Kind::Text),
    each("filter.config", Kind::Free),
    each("filter.deadline", Kind::Text),
    each("filter.memory", Kind::Number),
    each("filter.share", Kind::Text),
    each("filter.on-failure", Kind::Text),
    process("tenant", Kind::Sections),
    process("tenant.name", Kind::Text),
    process("tenant.hosts", Kind::List),
];

/// The key of that path; below `tenant`, the same key of the top of the file.
///
/// # Errors
/// Where there is none.
pub fn find(path: &str) -> Result<&'static Key, Unknown> {
    let named = |path| KEYS.iter().find(|key| key.path == path);
    match (named(path), path.strip_prefix(TENANT).and_then(named)) {
        (Some(key), _) => Ok(key),
        (None, Some(key)) if key.scope == Scope::Tenant => Ok(key),
        (None, Some(_)) => Err(Unknown::NotOfATenant),
        (None, None) => Err(Unknown::Nowhere),
    }
}

/// What to tell whoever wrote the unknown key `path`: the section that has a key of that name, else the
/// nearest key of the same section, else what there is.
pub fn hint(path: &str) -> String {
    let (section, name) = split(path);
    let known = names(section);
    let meant = nearest(name, known.iter().copied());
    match KEYS.iter().find(|key| split(key.path).1 == name) {
        Some(key) if section.split('.').next() == Some("tenant") && key.scope == Scope::Tenant => {
            format!("\"{name}\" belongs in [{TENANT}{}]", split(key.path).0)
        }
        Some(key) => format!("\"{name}\" belongs {}", home(key)),
        None => match meant {
            Some(meant) => format!("the nearest known key is \"{meant}\""),
            None => format!("known here: {}", known.join(", ")),
        },
    }
}

/// Where to write the key at `path`, which stands below a tenant and is for the whole process.
pub fn process_hint(path: &str) -> String {
    match find(path.trim_start_matches(TENANT)) {
        Ok(key) => format!("it belongs {}, for all tenants", home(key)),
        Err(_) => String::new(),
    }
}

fn home(key: &Key) -> String {
    let section = split(key.path).0;
    match find(section).map(|section| section.kind) {
        Ok(Kind::Sections) => format!("in [[{section}]]"),
        Ok(_) => format!("in [{section}]"),
        Err(_) => "at the top of the file, before any [section]".to_owned(),
    }
}

/// The names of the keys that may stand in `section`.
fn names(section: &str) -> Vec<&'static str> {
    let inherited = match section {
        "tenant" => Some(""),
        section => section.strip_prefix(TENANT),
    };
    let is_here = |key: &&Key| {
        let home = split(key.path).0;
        home == section || (Some(home) == inherited && key.scope == Scope::Tenant)
    };
    let here = KEYS.iter().filter(is_here);
    here.map(|key| split(key.path).1).collect()
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}
