//! Makes configured instances of one component.

use umbel_routing::{Dispatcher, DispatcherFactory, Fault, Settings};

use crate::{Limits, PolicyComponent, WasmDispatcher};

/// Makes instances of one component, all with the same settings and limits: one for each shard, and
/// again after a fault.
pub struct WasmFactory {
    component: PolicyComponent,
    settings: Settings,
    limits: Limits,
}

impl WasmFactory {
    /// Instances of `component`, configured with `settings`. Nothing is built yet: whether the
    /// component takes the settings shows when the first one is created.
    #[must_use]
    pub fn new(component: PolicyComponent, settings: Settings, limits: Limits) -> Self {
        Self {
            component,
            settings,
            limits,
        }
    }

    /// What the instances are made of.
    #[must_use]
    pub fn component(&self) -> &PolicyComponent {
        &self.component
    }
}

impl DispatcherFactory for WasmFactory {
    fn create(&self) -> Result<Box<dyn Dispatcher>, Fault> {
        let dispatcher = WasmDispatcher::new(&self.component, &self.settings, &self.limits)?;
        Ok(Box::new(dispatcher))
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }
}
