//! What differs between two configurations.

use std::collections::BTreeMap;
use std::fmt;

use super::{Config, TenantName, TenantSettings};

/// What differs between the configuration that is in force and one that is to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Keys for the whole process that are read at its start alone.
    pub fixed: Vec<&'static str>,
    /// Whether other proxies are trusted.
    pub trusted_proxies: bool,
    /// Tenants that are there no more.
    pub removed: Vec<TenantName>,
    /// Tenants that were not there before.
    pub added: Vec<TenantName>,
    /// Tenants that stay, and are otherwise than before.
    pub changed: Vec<TenantChange>,
}

/// What is otherwise with a tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantChange {
    /// Who.
    pub name: TenantName,
    /// What; at least one.
    pub parts: Vec<Part>,
}

/// A part of what is decided about a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its hosts.
    Hosts,
    /// Its limits.
    Limits,
    /// How its streams live.
    Stream,
    /// Its mailboxes.
    Mailbox,
    /// What is retained.
    Log,
    /// The protocol, and whose tokens count.
    Mercure,
    /// What its policy is told of a subscriber.
    Attributes,
    /// Its policy.
    Policy,
    /// Its filter.
    Filter,
}

impl Part {
    /// The keys that it stands for.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Limits => "limits",
            Self::Stream => "stream",
            Self::Mailbox => "mailbox",
            Self::Log => "log",
            Self::Mercure => "mercure",
            Self::Attributes => "policy.attributes",
            Self::Policy => "policy",
            Self::Filter => "filter",
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl Changes {
    /// What differs in `wanted` from what is in force. In which order tenants stand makes no
    /// difference, nor on which lines.
    pub fn between(in_force: &Config, wanted: &Config) -> Self {
        let (before, after) = (by_name(in_force), by_name(wanted));
        let only_in = |one: &ByName<'_>, other: &ByName<'_>| {
            let names = one.keys().filter(|name| !other.contains_key(*name));
            names.map(|name| (*name).clone()).collect()
        };
        let change = |(name, old): (&&TenantName, &&TenantSettings)| {
            let parts = parts(old, after.get(name)?);
            let name = (*name).clone();
            (!parts.is_empty()).then_some(TenantChange { name, parts })
        };
        Self {
            fixed: fixed(in_force, wanted),
            trusted_proxies: in_force.trusted_proxies != wanted.trusted_proxies,
            removed: only_in(&before, &after),
            added: only_in(&after, &before),
            changed: before.iter().filter_map(change).collect(),
        }
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

type ByName<'a> = BTreeMap<&'a TenantName, &'a TenantSettings>;

fn by_name(config: &Config) -> ByName<'_> {
    let tenants = config.tenants.iter();
    tenants.map(|tenant| (&tenant.name, tenant)).collect()
}

/// The keys for the whole process that are read at its start alone, where they differ.
fn fixed(old: &Config, new: &Config) -> Vec<&'static str> {
    let (was, is) = (&old.connections, &new.connections);
    let rows = [
        ("listen", old.listen != new.listen),
        ("shards", old.shards != new.shards),
        ("state-dir", old.state_dir != new.state_dir),
        ("admin.listen", old.admin.listen != new.admin.listen),
        ("admin.token-file", old.admin.access != new.admin.access),
        (
            "limits.connections",
            was.connections_max != is.connections_max,
        ),
        (
            "limits.header-bytes",
            was.header_bytes_max != is.header_bytes_max,
        ),
        (
            "limits.header-timeout",
            was.header_timeout != is.header_timeout,
        ),
        ("limits.idle-timeout", was.idle_timeout != is.idle_timeout),
    ];
    let differ = rows.into_iter().filter(|(_, differs)| *differs);
    differ.map(|(key, _)| key).collect()
}

fn parts(old: &TenantSettings, new: &TenantSettings) -> Vec<Part> {
    let rows = [
        (Part::Hosts, old.hosts != new.hosts),
        (Part::Limits, old.limits != new.limits),
        (Part::Stream, old.stream != new.stream),
        (Part::Mailbox, old.mailbox != new.mailbox),
        (Part::Log, old.log != new.log),
        (Part::Mercure, old.mercure != new.mercure),
        (
            Part::Attributes,
            old.policy.attributes != new.policy.attributes,
        ),
        (Part::Policy, !old.policy.is_same(&new.policy)),
        (Part::Filter, old.filter != new.filter),
    ];
    let differ = rows.into_iter().filter(|(_, differs)| *differs);
    differ.map(|(part, _)| part).collect()
}
