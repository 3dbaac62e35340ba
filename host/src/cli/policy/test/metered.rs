//! A policy that is measured.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use umbel_routing::{Admission, Client, Dispatcher, EventView, Export, Fault, FaultClass};
use umbel_routing::{FullMailbox, Profile, SubscriberView, Verdict, Wants};

use super::costs::{Cost, Costs};
use super::subject::Made;

/// Faults that are kept as examples.
const FAULTS_KEPT_MAX: usize = 8;

/// What the instances of one policy cost, all together.
#[derive(Clone, Default)]
pub(super) struct Meter(Arc<Mutex<Measured>>);

#[derive(Default)]
struct Measured {
    costs: Costs,
    memory_bytes: u64,
    faults: u64,
    first_faults: Vec<Fault>,
    wants: Option<Wants>,
}

/// An instance, measured: CPU time of this thread in each call, memory after it.
pub(super) struct Metered {
    instance: Box<dyn Dispatcher>,
    meter: Meter,
}

impl Metered {
    /// Has an instance made.
    pub(super) fn begin(meter: &Meter, make: impl FnOnce() -> Made) -> Made {
        let before = cpu_time();
        let made = make();
        let cost = cpu_time().saturating_sub(before);
        meter.lock().costs.of_start(cost);
        meter.note(&made);
        let instance = made?;
        meter.lock().wants = Some(instance.profile().wants);
        let metered = Self {
            instance,
            meter: meter.clone(),
        };
        metered.note_memory();
        Ok(Box::new(metered))
    }

    /// `events` is how many were routed.
    fn measured<T>(
        &mut self,
        export: Export,
        events: usize,
        call: impl FnOnce(&mut dyn Dispatcher) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let before = cpu_time();
        let answer = call(&mut *self.instance);
        let cost = cpu_time().saturating_sub(before);
        self.meter.lock().costs.of_call(export, events, cost);
        self.meter.note(&answer);
        self.note_memory();
        answer
    }

    fn note_memory(&self) {
        let bytes = self.instance.memory_bytes();
        let mut measured = self.meter.lock();
        measured.memory_bytes = measured.memory_bytes.max(bytes);
    }
}

impl Meter {
    /// Of the most that one instance had after a call, in bytes; 0 where that is not known.
    pub(super) fn memory_bytes(&self) -> u64 {
        self.lock().memory_bytes
    }

    /// How many calls failed, and the first of them.
    pub(super) fn faults(&self) -> (u64, Vec<Fault>) {
        let measured = self.lock();
        (measured.faults, measured.first_faults.clone())
    }

    pub(super) fn costs(&self) -> Vec<Cost> {
        self.lock().costs.told()
    }

    pub(super) fn wants(&self) -> Option<Wants> {
        self.lock().wants
    }

    fn note<T>(&self, answer: &Result<T, Fault>) {
        let Err(fault) = answer else { return };
        if fault.class == FaultClass::Refused {
            return;
        }
        let mut measured = self.lock();
        measured.faults += 1;
        if measured.first_faults.len() < FAULTS_KEPT_MAX {
            measured.first_faults.push(fault.clone());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Measured> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Dispatcher for Metered {
    fn profile(&self) -> &Profile {
        self.instance.profile()
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        self.measured(Export::Join, 0, |policy| policy.join(subscribers))
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        self.measured(Export::Leave, 0, |policy| policy.leave(clients))
    }

    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Client>>, Fault> {
        self.measured(Export::Route, events.len(), |policy| policy.route(events))
    }

    fn select(
        &mut self,
        clients: &[Client],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault> {
        self.measured(Export::Select, 0, |policy| policy.select(clients, events))
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        self.measured(Export::Overflow, 0, |policy| policy.overflow(full))
    }

    fn memory_bytes(&self) -> u64 {
        self.instance.memory_bytes()
    }
}

/// CPU time that this thread has used.
fn cpu_time() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap_or_default()
}
