//! Where an instance of the policy sits.

use std::time::{Duration, Instant};

use umbel_routing::{Dispatcher, DispatcherFactory, Fault};

/// How long nothing is tried after no instance could be had.
const REST: Duration = Duration::from_secs(1);

/// Where an instance of the policy sits, until it fails.
pub(crate) struct Seat {
    factory: Box<dyn DispatcherFactory>,
    policy: Option<Box<dyn Dispatcher>>,
    rests_until: Option<Instant>,
}

impl Seat {
    /// # Errors
    /// Where the first instance cannot be had, such as for its settings.
    pub(crate) fn new(factory: Box<dyn DispatcherFactory>) -> Result<Self, Fault> {
        let policy = factory.create()?;
        Ok(Self {
            factory,
            policy: Some(policy),
            rests_until: None,
        })
    }

    /// Asks the policy. Where that fails the instance is given up: it may be in any state.
    pub(crate) fn ask<A>(
        &mut self,
        question: impl FnOnce(&mut dyn Dispatcher) -> Result<A, Fault>,
    ) -> Option<A> {
        match question(&mut **self.policy.as_mut()?) {
            Ok(answer) => Some(answer),
            Err(fault) => {
                tracing::warn!(%fault, "the policy has failed");
                self.policy = None;
                None
            }
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.policy.is_none()
    }

    /// A new instance, which knows nobody yet; says whether there is one.
    pub(crate) fn fill(&mut self) -> bool {
        if self.rests_until.is_some_and(|until| Instant::now() < until) {
            return false;
        }
        match self.factory.create() {
            Ok(policy) => {
                self.policy = Some(policy);
                self.rests_until = None;
                true
            }
            Err(fault) => {
                tracing::error!(%fault, "no instance of the policy can be had");
                self.rest();
                false
            }
        }
    }

    /// Tries nothing for a while.
    pub(crate) fn rest(&mut self) {
        self.policy = None;
        self.rests_until = Some(Instant::now() + REST);
    }
}
