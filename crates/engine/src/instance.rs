//! One instance in its own store.

use std::time::Duration;

use umbel_routing::{Export, Fault, FaultClass};
use wasmtime::component::{ComponentNamedList, Lift, Lower, TypedFunc};
use wasmtime::{Store, UpdateDeadline};

use crate::budget::Budget;
use crate::component::Checked;
use crate::deadline::Deadline;
use crate::exports::{BadExport, Exports};
use crate::failure;
use crate::limits::HANDLES_MAX;
use crate::places::Place;
use crate::ticker::Meter;
use crate::{Engine, Limits, LoadError};

/// Ticks until the ticker is first heard in a call.
const FIRST_TICK: u64 = 1;

/// What the host keeps with each store.
pub(crate) struct HostState {
    budget: Budget,
    deadline: Deadline,
}

/// One instance in its own store: a store that has seen a trap can never be entered again, so no
/// two instances share one.
pub(crate) struct Instance {
    store: Store<HostState>,
    meter: Meter,
    _place: Place,
    /// Whoever made the instance may be gone before it: deadlines need the engine's clock.
    _engine: Engine,
}

/// Why there is no instance.
pub(crate) enum StartError {
    /// It failed while it started.
    Fault(Fault),
    /// A function is not of the contract's type.
    BadExport(BadExport),
}

impl Instance {
    /// A new instance and its functions, their types checked, not configured.
    pub(crate) fn new<X: Exports>(
        component: &Checked<X>,
        limits: &Limits,
    ) -> Result<(Self, X::Functions), StartError> {
        let engine = component.engine();
        let place = engine.place().map_err(|usage| {
            StartError::Fault(Fault {
                export: Export::Instantiate,
                class: FaultClass::PoolFull,
                detail: format!("all {} instances are in use", usage.instances_max),
            })
        })?;
        let state = HostState {
            budget: Budget::new(limits.memory_bytes),
            deadline: Deadline::new(component.suspicion().clone()),
        };
        let mut store = Store::new(engine.wasm(), state);
        store.limiter(|state| &mut state.budget);
        store.epoch_deadline_callback(|mut context| {
            context.data_mut().deadline.tick()?;
            Ok(UpdateDeadline::Continue(1))
        });
        store.set_hostcall_fuel(limits.answer_bytes);
        store.set_max_component_handles(HANDLES_MAX);
        let meter = engine.ticker().meter();
        arm(&mut store, limits.deadline_of(Export::Instantiate));
        let running = meter.enter();
        let instance = component
            .pre()
            .instantiate(&mut store)
            .map_err(|e| StartError::Fault(failure::fault(Export::Instantiate, &e)))?;
        drop(running);
        let functions = component
            .exports()
            .bind(&mut store, &instance)
            .map_err(StartError::BadExport)?;
        let instance = Self {
            store,
            meter,
            _place: place,
            _engine: engine.clone(),
        };
        Ok((instance, functions))
    }

    /// Calls `function`, which is one of this instance.
    pub(crate) fn call<P, R>(
        &mut self,
        export: Export,
        deadline: Duration,
        function: TypedFunc<P, R>,
        arguments: P,
    ) -> Result<R, Fault>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift,
    {
        arm(&mut self.store, deadline);
        let _running = self.meter.enter();
        function
            .call(&mut self.store, arguments)
            .map_err(|e| failure::fault(export, &e))
    }

    /// Bytes, as the host counts them, that one answer may hold from now on.
    pub(crate) fn set_answer_bytes(&mut self, bytes: usize) {
        self.store.set_hostcall_fuel(bytes);
    }

    /// Bytes of all its memories.
    pub(crate) fn memory_bytes(&self) -> usize {
        self.store.data().budget.memory_bytes()
    }
}

/// A call begins. The epoch deadline is absolute once set, so each call sets it anew.
fn arm(store: &mut Store<HostState>, deadline: Duration) {
    store.data_mut().deadline.arm(deadline);
    store.set_epoch_deadline(FIRST_TICK);
}

impl From<StartError> for Fault {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Fault(fault) => fault,
            StartError::BadExport(BadExport { export, detail }) => Self {
                export: Export::Instantiate,
                class: FaultClass::Abi,
                detail: format!("{export}: {detail}"),
            },
        }
    }
}

impl From<StartError> for LoadError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Fault(fault) => Self::Start(fault),
            StartError::BadExport(BadExport { export, detail }) => {
                Self::WrongType { export, detail }
            }
        }
    }
}
