//! An instance until its first fault.

use umbel_routing::{Export, Fault, FaultClass, Profile, Settings};
use wasmtime::component::{ComponentNamedList, Lift, Lower, TypedFunc};

use crate::answers::Shape;
use crate::exports::Configure;
use crate::instance::Instance;
use crate::{Limits, answers, arguments, failure};

/// An instance until its first fault: then it is gone, its memory given back, and every further
/// call fails without entering it.
pub(crate) struct Guest {
    instance: Option<Instance>,
    limits: Limits,
    clients: usize,
}

impl Guest {
    pub(crate) const fn new(instance: Instance, limits: Limits) -> Self {
        Self {
            instance: Some(instance),
            limits,
            clients: 0,
        }
    }

    /// Calls `function`, which the contract knows as `export`, and has its answer checked.
    pub(crate) fn ask<P, R, A>(
        &mut self,
        export: Export,
        function: TypedFunc<P, R>,
        arguments: P,
        check: impl FnOnce(R) -> Result<A, Shape>,
    ) -> Result<A, Fault>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        let instance = self.instance.as_mut().ok_or_else(|| Fault {
            export,
            class: FaultClass::Trap,
            detail: "the instance is gone since an earlier fault".into(),
        })?;
        let deadline = self.limits.deadline_of(export);
        let answer = instance
            .call(export, deadline, function, arguments)
            .and_then(|answer| {
                check(answer).map_err(|detail| Fault {
                    export,
                    class: FaultClass::Shape,
                    detail,
                })
            });
        if answer.is_err() {
            self.instance = None;
        }
        answer
    }

    /// Gives it its settings. Where it fails or refuses them it is not to be used.
    pub(crate) fn configure(
        &mut self,
        configure: Configure,
        settings: &Settings,
    ) -> Result<Profile, Fault> {
        let fault = |class, detail| Fault {
            export: Export::Configure,
            class,
            detail,
        };
        let arguments = (arguments::settings(settings),);
        self.ask(Export::Configure, configure, arguments, |(answer,)| {
            Ok(answer)
        })?
        .map_err(|reason| fault(FaultClass::Refused, failure::printable(&reason)))
        .and_then(|p| answers::profile(p).map_err(|detail| fault(FaultClass::Shape, detail)))
    }

    /// So many more clients are joined: larger answers are to be expected.
    pub(crate) fn add_clients(&mut self, count: usize) {
        self.set_clients(self.clients + count);
    }

    /// So many clients are gone.
    pub(crate) fn remove_clients(&mut self, count: usize) {
        self.set_clients(self.clients.saturating_sub(count));
    }

    fn set_clients(&mut self, clients: usize) {
        self.clients = clients;
        if let Some(instance) = &mut self.instance {
            instance.set_answer_bytes(self.limits.answer_bytes_for(clients));
        }
    }

    /// Bytes of all its memories; 0 once it is gone.
    pub(crate) fn memory_bytes(&self) -> u64 {
        self.instance
            .as_ref()
            .map_or(0, |i| i.memory_bytes() as u64)
    }
}
