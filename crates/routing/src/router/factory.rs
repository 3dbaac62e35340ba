//! Makes native routers.

use crate::{Dispatcher, DispatcherFactory, Export, Fault, FaultClass, Router, Settings};

/// Makes native [`Router`]s from one set of settings.
pub struct RouterFactory {
    settings: Settings,
}

impl RouterFactory {
    /// Checks the settings once.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn new(settings: Settings) -> Result<Self, String> {
        Router::configure(&settings)?;
        Ok(Self { settings })
    }
}

impl DispatcherFactory for RouterFactory {
    fn create(&self) -> Result<Box<dyn Dispatcher>, Fault> {
        match Router::configure(&self.settings) {
            Ok(router) => Ok(Box::new(router)),
            Err(detail) => Err(Fault {
                export: Export::Configure,
                class: FaultClass::Refused,
                detail,
            }),
        }
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }
}
