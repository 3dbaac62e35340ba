//! The default policy, native and as a component.

use std::sync::Arc;

use umbel_engine::{Engine, Limits, PolicyComponent, WasmFactory};
use umbel_routing::{DispatcherFactory, RouterFactory, Settings};

/// The component that the hub embeds.
const COMPONENT: &[u8] = include_bytes!("../../../guest/dist/dispatcher.wasm");

/// The default policy, native and as a component.
pub(crate) struct Policies {
    pub(crate) native: Arc<dyn DispatcherFactory>,
    pub(crate) wasm: Arc<dyn DispatcherFactory>,
}

impl Policies {
    pub(crate) fn load() -> Self {
        let settings = Settings {
            seed: 1,
            ..Settings::default()
        };
        let (engine, limits) = (Engine::new().expect("an engine"), Limits::default());
        let component = PolicyComponent::load(&engine, COMPONENT, &limits).expect("the default");
        Self {
            native: Arc::new(RouterFactory::new(settings.clone()).expect("empty settings")),
            wasm: Arc::new(WasmFactory::new(component, settings, limits)),
        }
    }

    /// Both, by name.
    pub(crate) fn each(&self) -> [(&'static str, &Arc<dyn DispatcherFactory>); 2] {
        [("native", &self.native), ("Wasm", &self.wasm)]
    }
}
