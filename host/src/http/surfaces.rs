//! Which surface a request meets: that of its tenant.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use super::Surface;
use crate::config::{HostName, TenantName};

/// What the paths begin with that name their tenant.
const TENANTS: &str = "/t/";

/// The surfaces of all tenants. All of them are replaced at once, so that no request meets the host of
/// one configuration with the keys of another.
pub(crate) struct Surfaces(RwLock<Arc<Directory>>);

struct Directory {
    /// That of all requests that name no other one.
    default: Arc<Surface>,
    by_name: HashMap<String, Arc<Surface>>,
    by_host: HashMap<HostName, Arc<Surface>>,
}

impl Surfaces {
    /// Begins with `default` and those of the other tenants.
    pub(crate) fn new(default: Surface, others: Vec<Surface>) -> Self {
        Self(RwLock::new(Arc::new(Directory::new(default, others))))
    }

    /// Puts others in their place; requests that were found before keep what they met.
    pub(crate) fn replace(&self, default: Surface, others: Vec<Surface>) {
        let directory = Arc::new(Directory::new(default, others));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = directory;
    }

    /// The surface of the tenant `name`.
    pub(crate) fn named(&self, name: &TenantName) -> Option<Arc<Surface>> {
        self.current().by_name.get(name.as_str()).cloned()
    }

    /// The surface at the root of `host`.
    pub(crate) fn at_host(&self, host: Option<&HostName>) -> Arc<Surface> {
        let current = self.current();
        let own = host.and_then(|host| current.by_host.get(host));
        Arc::clone(own.unwrap_or(&current.default))
    }

    /// The surface whose hub is at `path` of `host`: a host of its own goes before a tenant named in
    /// the path, and that before `default`.
    pub(crate) fn find(&self, host: Option<&HostName>, path: &str) -> Option<Arc<Surface>> {
        let current = self.current();
        let own = host.and_then(|host| current.by_host.get(host));
        let (surface, path) = match (own, path.strip_prefix(TENANTS)) {
            (Some(own), _) => (own, path),
            (None, Some(rest)) => {
                let (name, path) = rest.split_at(rest.find('/')?);
                (current.by_name.get(name)?, path)
            }
            (None, None) => (&current.default, path),
        };
        (surface.path == path).then(|| Arc::clone(surface))
    }

    fn current(&self) -> Arc<Directory> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Directory {
    fn new(default: Surface, others: Vec<Surface>) -> Self {
        let default = Arc::new(default);
        let others = others.into_iter().map(Arc::new);
        let all: Vec<_> = std::iter::once(Arc::clone(&default))
            .chain(others)
            .collect();
        let name = |surface: &Arc<Surface>| (surface.name.as_str().to_owned(), surface.clone());
        let hosts = |surface: &Arc<Surface>| {
            let surface = Arc::clone(surface);
            let hosts = surface.hosts.clone().into_iter();
            hosts.map(move |host| (host, Arc::clone(&surface)))
        };
        Self {
            by_name: all.iter().map(name).collect(),
            by_host: all.iter().flat_map(hosts).collect(),
            default,
        }
    }
}
