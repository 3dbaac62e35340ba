//! A configured instance as the hub sees it.

use umbel_routing::{Admission, Client, Dispatcher, EventView, Export, Fault, FaultClass};
use umbel_routing::{FullMailbox, Profile, Settings, SubscriberView, Verdict};

use crate::instance::Instance;
use crate::{Limits, PolicyComponent, answers, arguments};

/// A configured policy in a component: calls run on the caller's thread until they answer or fail.
///
/// After any failure the instance is gone, its memory given back, and every further call fails
/// without entering it.
pub struct WasmDispatcher {
    instance: Option<Instance>,
    profile: Profile,
    limits: Limits,
    clients: usize,
}

impl WasmDispatcher {
    /// A new instance of `component`, configured with `settings`.
    ///
    /// # Errors Where there is no room for it, it fails, or it refuses its settings
    /// ([`FaultClass::Refused`]).
    pub fn new(
        component: &PolicyComponent,
        settings: &Settings,
        limits: &Limits,
    ) -> Result<Self, Fault> {
        let mut instance = Instance::new(component, limits)?;
        let (answer,) = instance.call(
            Export::Configure,
            limits.setup_deadline(),
            |e| e.configure,
            (arguments::settings(settings),),
        )?;
        let fault = |class, detail| Fault {
            export: Export::Configure,
            class,
            detail,
        };
        let profile = answer
            .map_err(|reason| fault(FaultClass::Refused, crate::failure::printable(&reason)))
            .and_then(|p| answers::profile(p).map_err(|detail| fault(FaultClass::Shape, detail)))?;
        Ok(Self {
            instance: Some(instance),
            profile,
            limits: *limits,
            clients: 0,
        })
    }

    /// Asks the instance and checks its answer; drops it where either fails.
    fn ask<A>(
        &mut self,
        export: Export,
        ask: impl FnOnce(&mut Instance, &Limits) -> Result<A, Fault>,
    ) -> Result<A, Fault> {
        let instance = self.instance.as_mut().ok_or_else(|| Fault {
            export,
            class: FaultClass::Trap,
            detail: "the instance is gone since an earlier fault".into(),
        })?;
        let answer = ask(instance, &self.limits);
        if answer.is_err() {
            self.instance = None;
        }
        answer
    }

    /// Larger answers are to be expected from an instance with more clients.
    fn set_clients(&mut self, clients: usize) {
        self.clients = clients;
        if let Some(instance) = &mut self.instance {
            instance.set_answer_bytes(self.limits.answer_bytes_for(clients));
        }
    }
}

/// A fault of an answer that does not fit its question.
fn shape(export: Export) -> impl FnOnce(answers::Shape) -> Fault {
    move |detail| Fault {
        export,
        class: FaultClass::Shape,
        detail,
    }
}

impl Dispatcher for WasmDispatcher {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        let selectors = arguments::selectors(subscribers);
        let args = arguments::subscribers(subscribers, &selectors, self.profile.wants);
        let admissions = self.ask(Export::Join, |instance, limits| {
            let (answer,) = instance.call(
                Export::Join,
                limits.join_deadline(),
                |e| e.join,
                (&args[..],),
            )?;
            answers::admissions(answer, args.len()).map_err(shape(Export::Join))
        })?;
        let joined = admissions.iter().filter(|a| a.is_ok()).count();
        self.set_clients(self.clients + joined);
        Ok(admissions)
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        let args = arguments::clients(clients);
        self.ask(Export::Leave, |instance, limits| {
            instance.call(Export::Leave, limits.deadline, |e| e.leave, (&args[..],))
        })?;
        self.set_clients(self.clients.saturating_sub(clients.len()));
        Ok(())
    }

    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Client>>, Fault> {
        let args = arguments::events(events, self.profile.wants);
        self.ask(Export::Route, |instance, limits| {
            let (answer,) =
                instance.call(Export::Route, limits.deadline, |e| e.route, (&args[..],))?;
            answers::audiences(answer, args.len()).map_err(shape(Export::Route))
        })
    }

    fn select(
        &mut self,
        clients: &[Client],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault> {
        let clients = arguments::clients(clients);
        let events = arguments::events(events, self.profile.wants);
        self.ask(Export::Select, |instance, limits| {
            let args = (&clients[..], &events[..]);
            let (answer,) = instance.call(Export::Select, limits.deadline, |e| e.select, args)?;
            answers::selections(answer, clients.len(), events.len()).map_err(shape(Export::Select))
        })
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        let args = arguments::full_mailboxes(full);
        self.ask(Export::Overflow, |instance, limits| {
            let (answer,) = instance.call(
                Export::Overflow,
                limits.deadline,
                |e| e.overflow,
                (&args[..],),
            )?;
            answers::verdicts(answer, args.len()).map_err(shape(Export::Overflow))
        })
    }

    fn memory_bytes(&self) -> u64 {
        self.instance
            .as_ref()
            .map_or(0, |i| i.memory_bytes() as u64)
    }
}
