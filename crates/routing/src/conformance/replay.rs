//! Steps asked of instances that are made as the steps say.

use super::{Answer, Step};
use crate::{Dispatcher, Fault, FaultClass, Settings};

/// Asks steps of whatever `make` makes: a new instance for each step that configures one.
///
/// An instance that fails is never asked again, and one that refuses its configuration never was: what
/// comes then is not asked at all, up to the next step that configures.
pub struct Replay<M> {
    make: M,
    instance: Option<Box<dyn Dispatcher>>,
}

/// What came of one step.
#[derive(Debug)]
pub struct Asked {
    /// What was answered.
    pub answer: Answer,
    /// Where the call failed, or the configuration was refused: why.
    pub fault: Option<Fault>,
}

impl<M> Replay<M>
where
    M: FnMut(&Settings) -> Result<Box<dyn Dispatcher>, Fault>,
{
    /// With instances from `make`, which answers a configuration that is refused with
    /// [`FaultClass::Refused`].
    pub const fn new(make: M) -> Self {
        Self {
            make,
            instance: None,
        }
    }

    /// Asks it; nothing where there is no instance to ask.
    pub fn ask(&mut self, step: &Step) -> Option<Asked> {
        if let Some(settings) = step.settings() {
            // One at a time: the memory of the one before is given back first.
            self.instance = None;
            match (self.make)(&settings) {
                Ok(instance) => self.instance = Some(instance),
                Err(fault) => return Some(Asked::failed(fault)),
            }
        }
        let instance = self.instance.as_mut()?;
        match step.ask(&mut **instance) {
            Ok(answer) => Some(Asked {
                answer,
                fault: None,
            }),
            Err(fault) => {
                self.instance = None;
                Some(Asked::failed(fault))
            }
        }
    }

    /// The instance that would be asked next.
    #[must_use]
    pub fn instance(&self) -> Option<&dyn Dispatcher> {
        self.instance.as_deref()
    }
}

impl Asked {
    fn failed(fault: Fault) -> Self {
        let answer = match fault.class {
            FaultClass::Refused => Answer::Configured(false),
            _ => fault.clone().into(),
        };
        Self {
            answer,
            fault: Some(fault),
        }
    }
}
