//! What a tenant has for itself alone.

use std::collections::{BTreeMap, BTreeSet};

use super::reader::Reader;
use super::{HostName, TenantName};
use crate::auth::{Issuer, KeyPrint};

/// What tenants have for themselves alone, and who has it: two of them may not share a name, a host or
/// a key.
#[derive(Default)]
pub struct Taken {
    names: BTreeSet<TenantName>,
    hosts: BTreeMap<HostName, TenantName>,
    keys: BTreeMap<KeyPrint, TenantName>,
}

impl Taken {
    /// Gives out a name; answers whether it was free.
    pub fn name(&mut self, reader: &mut Reader<'_>, name: &TenantName) -> bool {
        let free = self.names.insert(name.clone());
        if !free {
            let what = format!("there is a tenant \"{name}\" already");
            reader.fault("name", what, "give each its own name");
        }
        free
    }

    /// Gives out hosts.
    pub fn hosts(&mut self, reader: &mut Reader<'_>, name: &TenantName, hosts: &[HostName]) {
        for host in hosts {
            if let Some(owner) = self.hosts.insert(host.clone(), name.clone()) {
                let what = format!("\"{host}\" is a host of the tenant \"{owner}\" already");
                reader.fault("hosts", what, "a host belongs to one tenant");
            }
        }
    }

    /// Gives out keys. A tenant may have one under several ids.
    pub fn keys(&mut self, reader: &mut Reader<'_>, name: &TenantName, issuers: &[Issuer]) {
        for issuer in issuers {
            let owner = self
                .keys
                .entry(issuer.print)
                .or_insert_with(|| name.clone());
            if owner != name {
                let what = format!(
                    "the key of \"{}\" is one of the tenant \"{owner}\" already: tokens of one would \
                     count for the other",
                    issuer.id
                );
                reader.fault("mercure.issuer", what, "give each tenant keys of its own");
            }
        }
    }
}
