//! Makes configured instances of one filter.

use umbel_routing::{Fault, Filter, FilterFactory, FilterParts, Settings};

use crate::{FilterComponent, Limits, WasmFilter};

/// Makes instances of one filter, all with the same settings and limits: one for each shard, and
/// again after a fault.
pub struct WasmFilterFactory {
    component: FilterComponent,
    settings: Settings,
    limits: Limits,
}

impl WasmFilterFactory {
    /// Instances of `component`, configured with `settings`. Nothing is built yet: whether the
    /// component takes the settings shows when the first one is created.
    #[must_use]
    pub fn new(component: FilterComponent, settings: Settings, limits: Limits) -> Self {
        Self {
            component,
            settings,
            limits,
        }
    }

    /// What the instances are made of.
    #[must_use]
    pub fn component(&self) -> &FilterComponent {
        &self.component
    }
}

impl FilterFactory for WasmFilterFactory {
    fn parts(&self) -> FilterParts {
        self.component.parts()
    }

    fn create(&self) -> Result<Box<dyn Filter>, Fault> {
        let filter = WasmFilter::new(&self.component, &self.settings, &self.limits)?;
        Ok(Box::new(filter))
    }
}
