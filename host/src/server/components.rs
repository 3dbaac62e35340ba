//! The components that tenants name, each loaded once.

use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_routing::{Blame, DispatcherFactory, RouterFactory, Settings};

use crate::config::{Allowance, Faults, PolicySource, TenantSettings};

/// The default policy, built from `guest/dispatcher`.
const BUILTIN: &[u8] = include_bytes!("../../../guest/dist/dispatcher.wasm");

/// The components that tenants name. Tenants that name the same one with the same limits share what was
/// compiled; instances they never share.
#[derive(Default)]
pub(super) struct Components {
    /// None until the first component is loaded.
    engine: Option<Engine>,
    loaded: Vec<(PolicySource, Limits, PolicyComponent)>,
}

impl Components {
    /// What makes the instances of a tenant's policy, one for each shard. One is made, so that a policy
    /// that refuses its configuration is found before anyone connects.
    ///
    /// # Errors
    /// Where the component is not there or not acceptable, or refuses its configuration: then the error
    /// is [`Faults`]. Where the machine fails: something else.
    pub(super) fn policy(
        &mut self,
        tenant: &TenantSettings,
        seed: u64,
    ) -> anyhow::Result<Arc<dyn DispatcherFactory>> {
        let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let settings = Settings {
            config: tenant.policy.config.clone(),
            seed,
            facts: vec![
                fact("tenant", tenant.name.as_str()),
                fact("host-version", env!("CARGO_PKG_VERSION")),
            ],
        };
        let wrong = |what: &dyn Display| Faults::one(tenant.policy_fault(&what.to_string()));
        let factory: Arc<dyn DispatcherFactory> = match &tenant.policy.source {
            PolicySource::Native => {
                Arc::new(RouterFactory::new(settings).map_err(|error| wrong(&error))?)
            }
            PolicySource::Builtin | PolicySource::File(_) => {
                let limits = limits(tenant, &tenant.policy.allowance);
                let component = self.load(tenant, &limits)?;
                Arc::new(WasmFactory::new(component, settings, limits))
            }
        };
        match factory.create() {
            Ok(_) => Ok(factory),
            Err(fault) if fault.class.blame() == Blame::Component => Err(wrong(&fault).into()),
            Err(fault) => Err(fault).context("the policy could not be started"),
        }
    }

    fn load(
        &mut self,
        tenant: &TenantSettings,
        limits: &Limits,
    ) -> anyhow::Result<PolicyComponent> {
        let source = &tenant.policy.source;
        let same = self
            .loaded
            .iter()
            .find(|(s, l, _)| s == source && l == limits);
        if let Some((.., component)) = same {
            return Ok(component.clone());
        }
        let wrong = |what: &dyn Display| Faults::one(tenant.policy_fault(&what.to_string()));
        let bytes = match source {
            PolicySource::File(path) => {
                read(path, limits.component_bytes).map_err(|error| wrong(&error))?
            }
            PolicySource::Builtin | PolicySource::Native => BUILTIN.to_vec(),
        };
        let component =
            PolicyComponent::load(self.engine()?, &bytes, limits).map_err(|error| wrong(&error))?;
        self.loaded
            .push((source.clone(), *limits, component.clone()));
        Ok(component)
    }

    fn engine(&mut self) -> anyhow::Result<&Engine> {
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => Engine::new()?,
        };
        Ok(self.engine.insert(engine))
    }
}

fn limits(tenant: &TenantSettings, allowance: &Allowance) -> Limits {
    Limits {
        component_bytes: tenant.limits.component_bytes_max,
        memory_bytes: usize::try_from(allowance.memory_bytes_max).unwrap_or(usize::MAX),
        deadline: allowance.deadline,
        ..Limits::default()
    }
}

/// The component in a file. Read only as far as one may be large: the file may be anything.
fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(bytes_max as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    if bytes.len() > bytes_max {
        return Err(format!(
            "{} has more than {bytes_max} bytes (`limits.component-bytes`)",
            path.display()
        ));
    }
    Ok(bytes)
}
