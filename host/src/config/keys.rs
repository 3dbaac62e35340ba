//! Every key of the configuration.

use super::nearest::nearest;

/// One key, by its dotted path from the root.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As `limits.event-bytes`; below an array of tables, the path without an index.
    pub path: &'static str,
    /// What it holds.
    pub kind: Kind,
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

const fn key(path: &'static str, kind: Kind) -> Key {
    Key { path, kind }
}

/// All of them. A section stands before its keys.
pub const KEYS: &[Key] = &[
    key("listen", Kind::Text),
    key("shards", Kind::Number),
    key("state-dir", Kind::Text),
    key("trusted-proxies", Kind::List),
    key("page", Kind::Later),
    key("tls", Kind::Later),
    key("admin", Kind::Section),
    key("admin.listen", Kind::Text),
    key("admin.token-file", Kind::Text),
    key("limits", Kind::Section),
    key("limits.connections", Kind::Number),
    key("limits.subscribers", Kind::Number),
    key("limits.subscribers-per-address", Kind::Later),
    key("limits.selectors", Kind::Number),
    key("limits.selector-bytes", Kind::Number),
    key("limits.topics", Kind::Number),
    key("limits.topic-bytes", Kind::Number),
    key("limits.event-bytes", Kind::Number),
    key("limits.header-bytes", Kind::Number),
    key("limits.header-timeout", Kind::Text),
    key("limits.idle-timeout", Kind::Text),
    key("limits.component-bytes", Kind::Number),
    key("limits.publishers-wait", Kind::Text),
    key("limits.max-lag-events", Kind::Number),
    key("limits.max-lag-bytes", Kind::Number),
    key("stream", Kind::Section),
    key("stream.heartbeat", Kind::Text),
    key("stream.age", Kind::Text),
    key("stream.retry", Kind::Text),
    key("stream.write-timeout", Kind::Text),
    key("stream.checkpoint", Kind::Switch),
    key("mailbox", Kind::Section),
    key("mailbox.events", Kind::Number),
    key("mailbox.bytes", Kind::Number),
    key("mailbox.when-full", Kind::Text),
    key("log", Kind::Section),
    key("log.kind", Kind::Text),
    key("log.path", Kind::Later),
    key("log.url", Kind::Later),
    key("log.stream", Kind::Later),
    key("log.sync", Kind::Later),
    key("log.retain-events", Kind::Number),
    key("log.retain-bytes", Kind::Number),
    key("log.retain-age", Kind::Text),
    key("mercure", Kind::Section),
    key("mercure.path", Kind::Text),
    key("mercure.drafts", Kind::List),
    key("mercure.anonymous", Kind::Switch),
    key("mercure.subscriptions", Kind::Later),
    key("mercure.cookie-name", Kind::Later),
    key("mercure.cors-origins", Kind::List),
    key("mercure.publish-origins", Kind::Later),
    key("mercure.resource-identifier", Kind::Later),
    key("mercure.issuer", Kind::Sections),
    key("mercure.issuer.id", Kind::Text),
    key("mercure.issuer.algorithm", Kind::Text),
    key("mercure.issuer.secret-file", Kind::Text),
    key("mercure.issuer.key-file", Kind::Text),
    key("mercure.issuer.jwks-url", Kind::Later),
    key("mercure.issuer.roles", Kind::List),
    key("policy", Kind::Section),
    key("policy.component", Kind::Text),
    key("policy.config", Kind::Free),
    key("policy.deadline", Kind::Text),
    key("policy.memory", Kind::Number),
    key("policy.share", Kind::Later),
    key("policy.on-failure", Kind::Later),
    key("policy.attributes", Kind::List),
    key("filter", Kind::Later),
    key("tenant", Kind::Later),
];

/// The key of that path.
pub fn find(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

/// What to tell whoever wrote the unknown key `path`: the nearest key of the same section, else the
/// section that has one of that name, else what there is.
pub fn hint(path: &str) -> String {
    let (section, name) = split(path);
    let siblings = || KEYS.iter().filter(|key| split(key.path).0 == section);
    if let Some(meant) = nearest(name, siblings().map(|key| split(key.path).1)) {
        return format!("the nearest known key is \"{meant}\"");
    }
    if let Some(key) = KEYS.iter().find(|key| split(key.path).1 == name) {
        return match split(key.path).0 {
            "" => format!("\"{name}\" belongs at the top of the file, before any [section]"),
            home => format!("\"{name}\" belongs in [{home}]"),
        };
    }
    let known = siblings()
        .map(|key| split(key.path).1)
        .collect::<Vec<_>>()
        .join(", ");
    format!("known here: {known}")
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('.').unwrap_or(("", path))
}
