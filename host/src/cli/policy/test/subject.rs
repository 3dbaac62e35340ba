//! What is tested, or compared with.

use std::path::Path;

use anyhow::anyhow;
use umbel_engine::{Limits, PolicyComponent, WasmFactory};
use umbel_routing::{Dispatcher, DispatcherFactory, Export, Fault, FaultClass, RouterFactory};
use umbel_routing::{Settings, Wants};

use super::metered::{Meter, Metered};
use crate::cli::policy::workbench::Workbench;
use crate::cli::policy::{contract, file};

/// How the rules are called that are part of this program.
const NATIVE: &str = "native";

/// Something that makes policies: a component, or the rules that are part of this program.
pub(super) struct Subject {
    /// How it was named.
    pub(super) name: String,
    /// What its instances cost.
    pub(super) meter: Meter,
    component: Option<PolicyComponent>,
    limits: Limits,
    /// Takes the place of every other configuration.
    config: Option<String>,
}

/// A new instance, measured.
pub(super) type Made = Result<Box<dyn Dispatcher>, Fault>;

impl Subject {
    /// The component in that file, loaded as a hub would load it.
    ///
    /// # Errors
    /// Where a hub would refuse it.
    pub(super) fn open(
        workbench: &Workbench,
        path: &Path,
        config: Option<&str>,
    ) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let component = match path.as_os_str() == NATIVE {
            true => None,
            false => Some(load(workbench, path)?),
        };
        Ok(Self {
            name,
            meter: Meter::default(),
            component,
            limits: workbench.limits,
            config: config.map(str::to_owned),
        })
    }

    /// SHA-256 of the component, where it is one.
    pub(super) fn digest(&self) -> Option<String> {
        let digest = self.component.as_ref()?.digest();
        Some(format!("sha256:{digest}"))
    }

    /// A new instance with these settings.
    ///
    /// # Errors
    /// Where it fails or refuses them.
    pub(super) fn make(&self, settings: &Settings) -> Made {
        let mut settings = settings.clone();
        if let Some(config) = &self.config {
            settings.config.clone_from(config);
        }
        Metered::begin(&self.meter, || self.unmetered(settings))
    }

    fn unmetered(&self, settings: Settings) -> Made {
        match &self.component {
            Some(component) => WasmFactory::new(component.clone(), settings, self.limits).create(),
            None => RouterFactory::new(settings)
                .map_err(|detail| Fault {
                    export: Export::Configure,
                    class: FaultClass::Refused,
                    detail,
                })
                .and_then(|factory| factory.create()),
        }
    }

    /// What it asked to be given, where an instance was made.
    pub(super) fn wants(&self) -> Option<Wants> {
        self.meter.wants()
    }
}

fn load(workbench: &Workbench, path: &Path) -> anyhow::Result<PolicyComponent> {
    let shown = path.display();
    let bytes = file::read(path)?;
    let found = workbench.inspect(&bytes).and_then(|found| found.policy);
    found.map_err(|error| match contract::broken(&error) {
        Some(line) => anyhow!("{shown}: {error}\n  {line}"),
        None => anyhow!("{shown}: {error}"),
    })
}
