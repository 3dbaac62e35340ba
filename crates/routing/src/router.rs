//! The default policy.

use crate::{Admission, Client, Dispatcher, DispatcherFactory, EventView, Fault, FullMailbox};
use crate::{Profile, Settings, SubscriberView, Verdict};

/// The default policy (placeholder).
pub struct Router {
    profile: Profile,
}

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
        todo!()
    }
}

impl Router {
    /// A router as `settings` describe it.
    ///
    /// # Errors
    /// What is wrong with the configuration.
    pub fn configure(_settings: &Settings) -> Result<Self, String> {
        todo!()
    }
}

impl Dispatcher for Router {
    fn profile(&self) -> &Profile {
        &self.profile
    }
    fn join(&mut self, _: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        todo!()
    }
    fn leave(&mut self, _: &[Client]) -> Result<(), Fault> {
        todo!()
    }
    fn route(&mut self, _: &[EventView<'_>]) -> Result<Vec<Vec<Client>>, Fault> {
        todo!()
    }
    fn select(&mut self, _: &[Client], _: &[EventView<'_>]) -> Result<Vec<Vec<u32>>, Fault> {
        todo!()
    }
    fn overflow(&mut self, _: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        todo!()
    }
}
