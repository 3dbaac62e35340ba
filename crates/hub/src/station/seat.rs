//! An instance of a component, and how far it knows who is present.
//!
//! An instance that failed is never called again. A new one is told of everyone present in slices, one a
//! step of the station, so that nobody else on the shard waits for long. Whoever makes the telling fail
//! is found by halving the slice.

use std::rc::Rc;
use std::time::{Duration, Instant};

use umbel_routing::{Client, Export, Fault, FaultClass, SubscriberView};

use super::breaker::Breaker;
use super::member::Member;
use super::meter::Meter;
use super::registry::{Registry, Ticket};
use super::slice::Slice;
use super::subscriber::Subscriber;

/// Subscribers that the first call tells of, ...
pub(crate) const JOINS_FIRST: usize = 16;
/// ... and that any one may.
pub(crate) const JOINS_MAX: usize = 2_048;
/// Instances that may be used up in a row by whoever makes the telling fail.
const HUNTS_MAX: u32 = 64;
/// How often in a row room is made and taken by somebody else before this one waits.
const SEEKS_MAX: u32 = 8;

/// What makes instances.
type Make<M> = Box<dyn Fn() -> Result<M, Fault>>;

/// An instance of a component, and how far it knows who is present.
pub(crate) struct Seat<M> {
    make: Make<M>,
    role: &'static str,
    meter: Rc<Meter>,
    state: State<M>,
    breaker: Breaker,
    /// Bound of a slice while an offender is looked for.
    slice_max: Option<usize>,
    hunts: u32,
    /// Faults ever, and the last one.
    faults: u64,
    last_fault: String,
    /// Why there is no room for an instance, while some is sought.
    starved: Option<Fault>,
    /// How often some was found in vain.
    seeks: u32,
    used_ms: u64,
}

enum State<M> {
    /// There is no instance.
    Empty,
    /// It knows of everyone whose handle is below `told`.
    Joining {
        instance: M,
        told: usize,
        slice: Slice,
    },
    /// It knows of everyone.
    Ready(M),
}

/// What a step has brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Step {
    /// Whom it does not want, or cannot be told of.
    pub(crate) unwanted: Vec<Ticket>,
}

impl<M: Member> Seat<M> {
    pub(crate) fn new(make: Make<M>, role: &'static str, meter: &Rc<Meter>) -> Self {
        Self {
            make,
            role,
            meter: Rc::clone(meter),
            state: State::Empty,
            breaker: Breaker::default(),
            slice_max: None,
            hunts: 0,
            faults: 0,
            last_fault: String::new(),
            starved: None,
            seeks: 0,
            used_ms: 0,
        }
    }

    /// Whether it may be asked.
    pub(crate) fn is_ready(&self) -> bool {
        matches!(self.state, State::Ready(_))
    }

    /// Whether it is left alone for now, since it failed too often.
    pub(crate) fn is_out(&self, now_ms: u64) -> bool {
        !self.has_instance() && self.breaker.is_open(now_ms)
    }

    /// Whether a step would bring it closer to being ready.
    pub(crate) fn may_advance(&self, now_ms: u64) -> bool {
        !self.is_ready() && !self.is_starved() && !self.is_out(now_ms)
    }

    pub(crate) fn has_instance(&self) -> bool {
        !matches!(self.state, State::Empty)
    }

    pub(crate) fn used_ms(&self) -> u64 {
        self.used_ms
    }

    /// What went wrong last; none where nothing ever did.
    pub(crate) fn last_fault(&self) -> Option<&str> {
        (self.faults > 0).then_some(&*self.last_fault)
    }

    pub(crate) fn memory_bytes(&self) -> u64 {
        match &self.state {
            State::Empty => 0,
            State::Joining { instance, .. } | State::Ready(instance) => instance.memory_bytes(),
        }
    }

    /// Whether it waits for room for an instance.
    pub(crate) fn is_starved(&self) -> bool {
        self.starved.is_some()
    }

    /// Room was sought: there is some now, or none can be made.
    pub(crate) fn room_sought(&mut self, found: bool, now_ms: u64) {
        let Some(fault) = self.starved.take() else {
            return;
        };
        self.seeks += 1;
        if !found || self.seeks >= SEEKS_MAX {
            self.seeks = 0;
            self.note(&fault);
            self.breaker.open(now_ms);
        }
    }

    /// Gives the instance up: what it holds can be told again.
    pub(crate) fn rest(&mut self) -> bool {
        let had = self.has_instance();
        self.state = State::Empty;
        had
    }

    /// The instance, where there is one.
    pub(crate) fn into_instance(self) -> Option<M> {
        match self.state {
            State::Empty => None,
            State::Joining { instance, .. } | State::Ready(instance) => Some(instance),
        }
    }

    /// One step towards being ready: an instance is made, or told of one slice of those present. `take`
    /// is given each answer, and says whether the subscriber stays.
    pub(crate) fn advance(
        &mut self,
        registry: &mut Registry,
        now_ms: u64,
        deadline: Duration,
        mut take: impl FnMut(&mut Subscriber, M::Answer) -> bool,
    ) -> Step {
        self.used_ms = now_ms;
        let (mut instance, told, slice) = match std::mem::replace(&mut self.state, State::Empty) {
            State::Empty => return self.build(now_ms),
            ready @ State::Ready(_) => {
                self.state = ready;
                return Step::default();
            }
            State::Joining {
                instance,
                told,
                slice,
            } => (instance, told, self.bounded(slice)),
        };
        let (tickets, next) = registry.slice(told, slice.len());
        if tickets.is_empty() {
            self.state = State::Ready(instance);
            self.slice_max = None;
            self.hunts = 0;
            return Step::default();
        }
        let started = Instant::now();
        let views = registry.views(&tickets);
        let joined = self.meter.time(Export::Join, || instance.join(&views));
        drop(views);
        match joined {
            Ok(answers) => {
                let mut slice = slice;
                slice.took(tickets.len(), started.elapsed(), deadline);
                self.state = State::Joining {
                    instance,
                    told: next,
                    slice,
                };
                let mut unwanted = Vec::new();
                for (ticket, answer) in tickets.into_iter().zip(answers) {
                    let subscriber = registry.get_mut(ticket);
                    if !subscriber.is_some_and(|subscriber| take(subscriber, answer)) {
                        unwanted.push(ticket);
                    }
                }
                Step { unwanted }
            }
            Err(fault) => self.hunt(&fault, tickets, now_ms),
        }
    }

    /// Tells it of newcomers. None where it hears of them later, with everyone else.
    pub(crate) fn meet(
        &mut self,
        newcomers: &[SubscriberView<'_>],
        now_ms: u64,
    ) -> Option<Result<Vec<M::Answer>, Fault>> {
        let knows = match &self.state {
            State::Empty => return None,
            State::Joining { told, .. } => *told,
            State::Ready(instance) if !instance.wants_company() => return None,
            State::Ready(_) => usize::MAX,
        };
        if newcomers.iter().any(|n| n.client.index() >= knows) {
            // Some it hears of now, others later: simpler to begin again than to tell them apart.
            if newcomers.iter().any(|n| n.client.index() < knows) {
                self.begin_again();
            }
            return None;
        }
        Some(self.ask(Export::Join, now_ms, |instance| instance.join(newcomers)))
    }

    /// Tells it who is gone.
    ///
    /// # Errors
    /// Where it fails on that, which is dealt with by the next step.
    pub(crate) fn leave(&mut self, clients: &[Client], now_ms: u64) -> Result<(), Fault> {
        let told = match &self.state {
            State::Empty => return Ok(()),
            State::Joining { told, .. } => *told,
            State::Ready(instance) if !instance.wants_company() => return Ok(()),
            State::Ready(_) => usize::MAX,
        };
        let known: Vec<Client> = clients
            .iter()
            .copied()
            .filter(|client| client.index() < told)
            .collect();
        if known.is_empty() {
            return Ok(());
        }
        self.ask(Export::Leave, now_ms, |instance| instance.leave(&known))
    }

    /// Calls the instance, which is ready. A failure is counted, logged, and the end of that instance.
    pub(crate) fn call<T>(
        &mut self,
        export: Export,
        now_ms: u64,
        call: impl FnOnce(&mut M) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        if !self.is_ready() {
            return Err(Fault {
                export: Export::Instantiate,
                class: FaultClass::Host,
                detail: "there is no instance".into(),
            });
        }
        self.ask(export, now_ms, call)
    }

    fn ask<T>(
        &mut self,
        export: Export,
        now_ms: u64,
        call: impl FnOnce(&mut M) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.used_ms = now_ms;
        let (State::Joining { instance, .. } | State::Ready(instance)) = &mut self.state else {
            return Err(Fault {
                export,
                class: FaultClass::Host,
                detail: "there is no instance".into(),
            });
        };
        let answer = self.meter.time(export, || call(instance));
        if let Err(fault) = &answer {
            let fault = fault.clone();
            self.state = State::Empty;
            self.note(&fault);
            self.breaker.fault(now_ms);
        }
        answer
    }

    fn build(&mut self, now_ms: u64) -> Step {
        if self.is_starved() || self.breaker.is_open(now_ms) {
            return Step::default();
        }
        match self.meter.time(Export::Instantiate, || (self.make)()) {
            Ok(instance) if !instance.wants_company() => self.state = State::Ready(instance),
            Ok(instance) => {
                self.state = State::Joining {
                    instance,
                    told: 0,
                    slice: Slice::new(JOINS_FIRST, JOINS_MAX),
                };
            }
            Err(fault) if fault.class == FaultClass::PoolFull => {
                self.starved = Some(fault);
                return Step::default();
            }
            Err(fault) => {
                self.note(&fault);
                self.breaker.open(now_ms);
            }
        }
        self.seeks = 0;
        Step::default()
    }

    /// Telling of `tickets` has failed: where it was one, that is the offender.
    fn hunt(&mut self, fault: &Fault, tickets: Vec<Ticket>, now_ms: u64) -> Step {
        self.note(fault);
        self.hunts += 1;
        if tickets.len() == 1 {
            self.slice_max = None;
            return Step { unwanted: tickets };
        }
        self.slice_max = Some(tickets.len() / 2);
        if self.hunts >= HUNTS_MAX {
            self.hunts = 0;
            self.breaker.open(now_ms);
        }
        Step::default()
    }

    fn bounded(&self, slice: Slice) -> Slice {
        self.slice_max.map_or(slice, |max| slice.at_most(max))
    }

    fn begin_again(&mut self) {
        if let State::Joining { .. } = self.state {
            self.state = State::Empty;
        }
    }

    fn note(&mut self, fault: &Fault) {
        self.faults += 1;
        self.last_fault = fault.to_string();
        self.meter.note(self.role, fault);
    }
}
