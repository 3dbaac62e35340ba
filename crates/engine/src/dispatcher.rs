//! A configured instance of a policy as the hub sees it.

use umbel_routing::{Admission, Client, Dispatcher, EventView, Export, Fault};
use umbel_routing::{FullMailbox, Profile, Settings, SubscriberView, Verdict};

use crate::exports::PolicyFunctions;
use crate::guest::Guest;
use crate::instance::Instance;
use crate::{Limits, PolicyComponent, answers, arguments};

/// A configured policy in a component: calls run on the caller's thread until they answer or fail.
///
/// After any failure the instance is gone, its memory given back, and every further call fails
/// without entering it.
pub struct WasmDispatcher {
    guest: Guest,
    functions: PolicyFunctions,
    profile: Profile,
}

impl WasmDispatcher {
    /// A new instance of `component`, configured with `settings`.
    ///
    /// # Errors
    /// Where there is no room for it, it fails, or it refuses its settings
    /// ([`umbel_routing::FaultClass::Refused`]).
    pub fn new(
        component: &PolicyComponent,
        settings: &Settings,
        limits: &Limits,
    ) -> Result<Self, Fault> {
        let (instance, functions) = Instance::new(component.checked(), limits)?;
        let mut guest = Guest::new(instance, *limits);
        let profile = guest.configure(functions.configure, settings)?;
        Ok(Self {
            guest,
            functions,
            profile,
        })
    }
}

impl Dispatcher for WasmDispatcher {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<Vec<Admission>, Fault> {
        let selectors = arguments::selectors(subscribers);
        let args = arguments::subscribers(subscribers, &selectors, self.profile.wants);
        let join = self.functions.join;
        let check = |(answer,)| answers::admissions(answer, args.len());
        let admissions = self.guest.ask(Export::Join, join, (&args[..],), check)?;
        let joined = admissions.iter().filter(|a| a.is_ok()).count();
        self.guest.add_clients(joined);
        Ok(admissions)
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        let args = arguments::clients(clients);
        let leave = self.functions.leave;
        self.guest.ask(Export::Leave, leave, (&args[..],), Ok)?;
        self.guest.remove_clients(clients.len());
        Ok(())
    }

    fn route(&mut self, events: &[EventView<'_>]) -> Result<Vec<Vec<Client>>, Fault> {
        let args = arguments::events(events, self.profile.wants);
        let route = self.functions.route;
        let check = |(answer,)| answers::audiences(answer, args.len());
        self.guest.ask(Export::Route, route, (&args[..],), check)
    }

    fn select(
        &mut self,
        clients: &[Client],
        events: &[EventView<'_>],
    ) -> Result<Vec<Vec<u32>>, Fault> {
        let clients = arguments::clients(clients);
        let events = arguments::events(events, self.profile.wants);
        let select = self.functions.select;
        let args = (&clients[..], &events[..]);
        let check = |(answer,)| answers::selections(answer, clients.len(), events.len());
        self.guest.ask(Export::Select, select, args, check)
    }

    fn overflow(&mut self, full: &[FullMailbox]) -> Result<Vec<Verdict>, Fault> {
        let args = arguments::full_mailboxes(full);
        let overflow = self.functions.overflow;
        let check = |(answer,)| answers::verdicts(answer, args.len());
        self.guest
            .ask(Export::Overflow, overflow, (&args[..],), check)
    }

    fn memory_bytes(&self) -> u64 {
        self.guest.memory_bytes()
    }
}
