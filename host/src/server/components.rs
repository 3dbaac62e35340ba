//! The components that decide for tenants: loaded, compiled, and tried once.

use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use umbel_engine::{
    ChildProcess, CodeCache, CompileLimits, Compiler, ComponentKind, Engine, FilterComponent,
    InProcess, Limits, LoadError, PolicyComponent, PoolUsage, WasmFactory, WasmFilterFactory,
};
use umbel_hub::{About, FilterVersion, PolicyVersion};
use umbel_routing::{
    Blame, DispatcherFactory, Fault, FilterFactory, Profile, RouterFactory, Settings,
};

use crate::config::{Faults, FilterConfig, PolicySource, TenantSettings};

/// The default policy, built from `guest/dispatcher`.
const BUILTIN: &[u8] = include_bytes!("../../../guest/dist/dispatcher.wasm");

/// Loaded components that are remembered, so that tenants share what was compiled.
const REMEMBERED_MAX: usize = 64;

/// What the hub runs of itself to compile a component.
pub(crate) const COMPILE_COMMAND: &str = "compile-component";

/// Loads the components that decide for tenants. Those that run the same one with the same limits share
/// what was compiled; instances they never share.
pub(crate) struct Components {
    engine: Engine,
    /// For components that somebody else has made.
    compiler: Box<dyn Compiler>,
    /// For keyed hashing in components.
    seed: u64,
    policies: Remembered<PolicyComponent>,
    filters: Remembered<FilterComponent>,
}

/// Components by what was loaded, the latest ones.
type Remembered<C> = Mutex<Vec<(Vec<u8>, Limits, C)>>;

impl std::fmt::Debug for Components {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Components").finish_non_exhaustive()
    }
}

/// Why a component does not decide for a tenant.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ComponentError {
    /// It is not acceptable; the words are for its author.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// Its instance fails, or refuses its configuration.
    #[error(transparent)]
    Start(#[from] Fault),
    /// The built-in rules refuse their configuration.
    #[error("{0}")]
    Refused(String),
    /// Its file cannot be read, or is too large.
    #[error("{0}")]
    File(String),
}

impl ComponentError {
    /// Whose failure it is.
    pub(crate) fn blame(&self) -> Blame {
        match self {
            Self::Load(error) => error.blame(),
            Self::Start(fault) => fault.class.blame(),
            Self::Refused(_) | Self::File(_) => Blame::Component,
        }
    }
}

impl Components {
    /// Where a component comes from that an operator has deployed.
    pub(crate) const DEPLOYED: &str = "deployed";

    /// Compiles in a process that can be killed; code is kept under `state`, where there is such a
    /// folder.
    ///
    /// # Errors
    /// Where the machine cannot run components.
    pub(crate) fn new(state: Option<&Path>, seed: u64) -> anyhow::Result<Self> {
        let engine = Engine::new()?;
        let child = ChildProcess::of_this_program([COMPILE_COMMAND], CompileLimits::default());
        let compiler: Box<dyn Compiler> = match state {
            Some(state) => Box::new(CodeCache::open(state, &engine, child)),
            None => Box::new(child),
        };
        Ok(Self::with(engine, compiler, seed))
    }

    /// Compiles in this process: for whoever runs it to look at components of their own.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn in_process() -> anyhow::Result<Self> {
        let engine = Engine::new()?;
        let compiler = Box::new(InProcess::new(&engine));
        // The seed spreads topics over tables: any will do.
        Ok(Self::with(engine, compiler, 0))
    }

    /// What the components of `tenant` may use. A filter without a section of its own has what the policy has.
    pub(crate) fn limits(tenant: &TenantSettings, kind: ComponentKind) -> Limits {
        let policy = &tenant.policy.allowance;
        let filter = tenant.filter.as_ref().map(|f: &FilterConfig| &f.allowance);
        let allowance = match kind {
            ComponentKind::Policy => policy,
            ComponentKind::Filter => filter.unwrap_or(policy),
        };
        Limits {
            component_bytes: tenant.limits.component_bytes_max,
            memory_bytes: usize::try_from(allowance.memory_bytes_max).unwrap_or(usize::MAX),
            deadline: allowance.deadline,
            ..Limits::default()
        }
    }

    /// How many instances live, and how many may.
    pub(crate) fn pool_usage(&self) -> PoolUsage {
        self.engine.pool_usage()
    }

    fn with(engine: Engine, compiler: Box<dyn Compiler>, seed: u64) -> Self {
        Self {
            engine,
            compiler,
            seed,
            policies: Mutex::default(),
            filters: Mutex::default(),
        }
    }

    /// The policy that the configuration of `tenant` names. One instance is made, so that a policy that
    /// refuses its configuration is found before anyone connects.
    ///
    /// # Errors
    /// Where the component is not there or not acceptable, or refuses its configuration: then the error
    /// is [`Faults`]. Where the machine fails: something else.
    pub(crate) fn policy(&self, tenant: &TenantSettings) -> anyhow::Result<PolicyVersion> {
        let config = &tenant.policy.config;
        let made = match &tenant.policy.source {
            PolicySource::Native => self.native(tenant, config),
            PolicySource::Builtin => {
                let compiler = InProcess::new(&self.engine);
                self.policy_of(tenant, BUILTIN, &compiler, config, "builtin")
            }
            PolicySource::File(path) => read(path, tenant.limits.component_bytes_max)
                .and_then(|bytes| self.wasm_policy(tenant, &bytes, config, &source(path))),
        };
        made.map_err(|error| reported(error, "the policy", |what| tenant.policy_fault(what)))
    }

    /// The filter that the configuration of `tenant` names, where it names one.
    ///
    /// # Errors
    /// As [`Self::policy`].
    pub(crate) fn filter(&self, tenant: &TenantSettings) -> anyhow::Result<Option<FilterVersion>> {
        let Some(filter) = &tenant.filter else {
            return Ok(None);
        };
        let made = read(&filter.component, tenant.limits.component_bytes_max).and_then(|bytes| {
            let from = source(&filter.component);
            self.wasm_filter(tenant, &bytes, &filter.config, &from)
        });
        made.map(Some)
            .map_err(|error| reported(error, "the filter", |what| tenant.filter_fault(what)))
    }

    /// The policy in `bytes` for `tenant`, configured with `config`. Blocks while it is compiled.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn wasm_policy(
        &self,
        tenant: &TenantSettings,
        bytes: &[u8],
        config: &str,
        from: &str,
    ) -> Result<PolicyVersion, ComponentError> {
        self.policy_of(tenant, bytes, &*self.compiler, config, from)
    }

    /// The filter in `bytes` for `tenant`, configured with `config`. Blocks while it is compiled.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn wasm_filter(
        &self,
        tenant: &TenantSettings,
        bytes: &[u8],
        config: &str,
        from: &str,
    ) -> Result<FilterVersion, ComponentError> {
        let limits = Self::limits(tenant, ComponentKind::Filter);
        let component = remembered(&self.filters, bytes, &limits, || {
            FilterComponent::load_with(&self.engine, &*self.compiler, bytes, &limits)
        })?;
        let digest = component.digest().to_owned();
        let factory = WasmFilterFactory::new(component, self.settings(tenant, config), limits);
        let instance = factory.create()?;
        let about = about(from, digest, instance.profile());
        Ok(FilterVersion {
            factory: Arc::new(factory),
            about,
        })
    }

    fn policy_of(
        &self,
        tenant: &TenantSettings,
        bytes: &[u8],
        compiler: &dyn Compiler,
        config: &str,
        from: &str,
    ) -> Result<PolicyVersion, ComponentError> {
        let limits = Self::limits(tenant, ComponentKind::Policy);
        let component = remembered(&self.policies, bytes, &limits, || {
            PolicyComponent::load_with(&self.engine, compiler, bytes, &limits)
        })?;
        let digest = component.digest().to_owned();
        let factory = WasmFactory::new(component, self.settings(tenant, config), limits);
        let instance = factory.create()?;
        let about = about(from, digest, Some(instance.profile()));
        Ok(PolicyVersion {
            factory: Arc::new(factory),
            about,
        })
    }

    fn native(
        &self,
        tenant: &TenantSettings,
        config: &str,
    ) -> Result<PolicyVersion, ComponentError> {
        let factory = RouterFactory::new(self.settings(tenant, config));
        let factory = factory.map_err(ComponentError::Refused)?;
        let instance = factory.create()?;
        let about = about("native", String::new(), Some(instance.profile()));
        Ok(PolicyVersion {
            factory: Arc::new(factory),
            about,
        })
    }

    fn settings(&self, tenant: &TenantSettings, config: &str) -> Settings {
        let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Settings {
            config: config.to_owned(),
            seed: self.seed,
            facts: vec![
                fact("tenant", tenant.name.as_str()),
                fact("host-version", env!("CARGO_PKG_VERSION")),
            ],
        }
    }
}

/// The component in `bytes`, loaded unless it is remembered.
fn remembered<C: Clone>(
    known: &Remembered<C>,
    bytes: &[u8],
    limits: &Limits,
    load: impl FnOnce() -> Result<C, LoadError>,
) -> Result<C, LoadError> {
    let lock = || known.lock().unwrap_or_else(PoisonError::into_inner);
    let same = lock()
        .iter()
        .find(|(b, l, _)| b == bytes && l == limits)
        .map(|(.., component)| component.clone());
    if let Some(component) = same {
        return Ok(component);
    }
    // Not held meanwhile: compiling takes its time.
    let component = load()?;
    let mut known = lock();
    if known.len() >= REMEMBERED_MAX {
        known.remove(0);
    }
    known.push((bytes.to_vec(), *limits, component.clone()));
    Ok(component)
}

fn about(from: &str, digest: String, profile: Option<&Profile>) -> Arc<About> {
    let said = |of: fn(&Profile) -> &String| profile.map(of).cloned().unwrap_or_default();
    Arc::new(About {
        source: from.to_owned(),
        digest,
        name: said(|p| &p.name),
        version: said(|p| &p.version),
    })
}

/// A fault of the configuration where the component is to blame, else of the machine.
pub(super) fn reported(
    error: ComponentError,
    what: &'static str,
    fault: impl FnOnce(&str) -> crate::config::Fault,
) -> anyhow::Error {
    match error.blame() {
        Blame::Component => Faults::one(fault(&error.to_string())).into(),
        Blame::Host => anyhow::Error::new(error).context(format!("{what} could not be started")),
    }
}

fn source(path: &Path) -> String {
    path.display().to_string()
}

/// The component in a file. Read only as far as one may be large: the file may be anything.
fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, ComponentError> {
    let wrong = |what: &dyn Display| ComponentError::File(format!("{}{what}", path.display()));
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(bytes_max as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| wrong(&format!(" cannot be read: {error}")))?;
    if bytes.len() > bytes_max {
        return Err(wrong(&format!(
            " has more than {bytes_max} bytes (`limits.component-bytes`)"
        )));
    }
    Ok(bytes)
}
