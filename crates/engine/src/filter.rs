//! A configured instance of a filter as the hub sees it.

use umbel_routing::{Client, Decision, EventView, Export, Fault, FaultClass, Filter, FilterParts};
use umbel_routing::{Profile, PublicationView, Settings, SubscriberView, View};

use crate::exports::{AdmissionFunctions, Configure, ViewsFunctions};
use crate::guest::Guest;
use crate::instance::Instance;
use crate::{FilterComponent, Limits, answers, arguments};

/// A configured filter in a component: one instance, whichever interfaces it has, each of which was
/// configured. Calls run on the caller's thread until they answer or fail.
///
/// After any failure the instance is gone, its memory given back, and every further call fails
/// without entering it.
pub struct WasmFilter {
    guest: Guest,
    admission: Option<Part<AdmissionFunctions>>,
    views: Option<Part<ViewsFunctions>>,
}

/// One interface of the instance. What either wants is its own: the other is not given it.
struct Part<F> {
    functions: F,
    profile: Profile,
}

impl WasmFilter {
    /// A new instance of `component`, each of its interfaces configured with `settings`.
    ///
    /// # Errors
    /// Where there is no room for it, it fails, or it refuses its settings
    /// ([`FaultClass::Refused`]).
    pub fn new(
        component: &FilterComponent,
        settings: &Settings,
        limits: &Limits,
    ) -> Result<Self, Fault> {
        let (instance, functions) = Instance::new(component.checked(), limits)?;
        let mut guest = Guest::new(instance, *limits);
        let admission = functions
            .admission
            .map(|f| Part::configure(f.configure, f, &mut guest, settings))
            .transpose()?;
        let views = functions
            .views
            .map(|f| Part::configure(f.configure, f, &mut guest, settings))
            .transpose()?;
        Ok(Self {
            guest,
            admission,
            views,
        })
    }

    /// What it said of itself when its `admission` was configured.
    #[must_use]
    pub fn admission_profile(&self) -> Option<&Profile> {
        self.admission.as_ref().map(|part| &part.profile)
    }

    /// What it said of itself when its `views` were configured.
    #[must_use]
    pub fn views_profile(&self) -> Option<&Profile> {
        self.views.as_ref().map(|part| &part.profile)
    }
}

impl<F> Part<F> {
    fn configure(
        configure: Configure,
        functions: F,
        guest: &mut Guest,
        settings: &Settings,
    ) -> Result<Self, Fault> {
        Ok(Self {
            functions,
            profile: guest.configure(configure, settings)?,
        })
    }
}

/// The hub called what the filter said that it has not.
fn absent(export: Export) -> Fault {
    Fault {
        export,
        class: FaultClass::Host,
        detail: "the filter does not export this interface".into(),
    }
}

impl Filter for WasmFilter {
    fn parts(&self) -> FilterParts {
        FilterParts {
            admission: self.admission.is_some(),
            views: self.views.is_some(),
        }
    }

    fn profile(&self) -> Option<&Profile> {
        self.admission_profile().or(self.views_profile())
    }

    fn admit(&mut self, publications: &[PublicationView<'_>]) -> Result<Vec<Decision>, Fault> {
        let Some(part) = &self.admission else {
            return Err(absent(Export::Admit));
        };
        let args = arguments::publications(publications, part.profile.wants);
        let check = |(answer,)| answers::decisions(answer, args.len());
        self.guest
            .ask(Export::Admit, part.functions.admit, (&args[..],), check)
    }

    fn join(&mut self, subscribers: &[SubscriberView<'_>]) -> Result<(), Fault> {
        let Some(part) = &self.views else {
            return Err(absent(Export::Join));
        };
        let selectors = arguments::selectors(subscribers);
        let args = arguments::subscribers(subscribers, &selectors, part.profile.wants);
        self.guest
            .ask(Export::Join, part.functions.join, (&args[..],), Ok)?;
        self.guest.add_clients(subscribers.len());
        Ok(())
    }

    fn leave(&mut self, clients: &[Client]) -> Result<(), Fault> {
        let Some(part) = &self.views else {
            return Err(absent(Export::Leave));
        };
        let args = arguments::clients(clients);
        self.guest
            .ask(Export::Leave, part.functions.leave, (&args[..],), Ok)?;
        self.guest.remove_clients(clients.len());
        Ok(())
    }

    fn tailor(
        &mut self,
        events: &[EventView<'_>],
        audiences: &[Vec<Client>],
    ) -> Result<Vec<Vec<View>>, Fault> {
        let Some(part) = &self.views else {
            return Err(absent(Export::Tailor));
        };
        let events = arguments::events(events, part.profile.wants);
        let audiences: Vec<_> = audiences.iter().map(|a| arguments::clients(a)).collect();
        let audiences: Vec<_> = audiences.iter().map(Vec::as_slice).collect();
        let args = (&events[..], &audiences[..]);
        let check = |(answer,)| answers::views(answer, events.len());
        self.guest
            .ask(Export::Tailor, part.functions.tailor, args, check)
    }

    fn memory_bytes(&self) -> u64 {
        self.guest.memory_bytes()
    }
}
